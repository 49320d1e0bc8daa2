using Kayse.Core.Companies;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Whose Law Ruler a call goes to, and how.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Credentials">Its credentials.</param>
/// <param name="Settings">Its settings.</param>
public sealed record LawRulerSession(CompanyId Company, LawRulerCredentials Credentials, LawRulerSettings Settings);
