using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Mapping;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Lists of Lawmatics', as they were loaded last.</summary>
public sealed class LawmaticsCatalog(LawmaticsClient client, LawmaticsConnections connections, CrmLists lists)
{
    private const string Stages = "stages";

    /// <summary>The stages.</summary>
    public async Task<CrmList<CrmStage>> StagesAsync(CompanyId company, ListRead read, CancellationToken cancellationToken)
    {
        var stored = await lists.GetAsync(company, LawmaticsConnections.Crm, Stages, KayseJson.Default.ListCrmStage, cancellationToken);
        if (read == ListRead.Stored || (read == ListRead.LoadIfMissing && stored.Items is not null))
        {
            return stored;
        }

        if (await connections.SessionAsync(company, LawmaticsPriority.Live, cancellationToken) is not { } session)
        {
            return stored;
        }

        var reply = await client.GetAsync(session, LawmaticsPath.Of("/v1/stages", ("fields", "name,pipeline")), cancellationToken);
        if (reply.IsSuccess)
        {
            var items = reply.Answer!.Records.Select(stage => new CrmStage(stage.Id, stage.Text("name") ?? stage.Id, stage.Related("pipeline"))).ToList();
            await lists.SaveAsync(company, LawmaticsConnections.Crm, Stages, items, KayseJson.Default.ListCrmStage, cancellationToken);
        }
        else
        {
            await lists.FailAsync(company, LawmaticsConnections.Crm, Stages, LawmaticsReasons.Of(reply), cancellationToken);
        }

        return await lists.GetAsync(company, LawmaticsConnections.Crm, Stages, KayseJson.Default.ListCrmStage, cancellationToken);
    }
}

/// <summary>A stage.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="PipelineId">Its pipeline.</param>
public sealed record CrmStage(string Id, string Name, string? PipelineId);
