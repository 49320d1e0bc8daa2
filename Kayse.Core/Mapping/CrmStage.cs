namespace Kayse.Core.Mapping;

/// <summary>A stage of a CRM's pipeline.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="PipelineId">The pipeline's id; empty where it is not known.</param>
/// <param name="Pipeline">The pipeline's name; empty where it is not known.</param>
/// <param name="IsIntake">True where new cases begin in the pipeline.</param>
/// <param name="Order">Its place in the pipeline.</param>
public sealed record CrmStage(string Id, string Name, string PipelineId, string Pipeline, bool IsIntake, int Order);
