using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>A webhook request as the web layer has read it: authenticated, bounded, not yet understood.</summary>
/// <param name="ContentType">Its content type, or null.</param>
/// <param name="Fields">The fields of the URL (without its token) and of the body, in order.</param>
/// <param name="Files">The files, already in the blob store.</param>
/// <param name="Problem">Why the body could not be read, or null.</param>
/// <param name="Raw">The first bytes of a body that could not be read, as text; or null.</param>
/// <param name="Cut">True when that is not the whole.</param>
/// <param name="Warnings">What was odd, e.g. a file that was too large.</param>
public sealed record InboundForm(
    string? ContentType, IReadOnlyList<InboundField> Fields, IReadOnlyList<InboundFile> Files, string? Problem, string? Raw, bool Cut, IReadOnlyList<string> Warnings);
