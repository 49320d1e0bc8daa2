using Kayse.Core.Companies;

namespace Kayse.Core.Workflows;

/// <summary>The input of a step's activity: ids, and which attempt it is.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Workflow">The workflow's id without its company prefix.</param>
/// <param name="Step">The step's name.</param>
/// <param name="Subject">What the step is about: an id, by which the activity loads what it needs.</param>
/// <param name="Number">Which attempt, from 1.</param>
/// <param name="FirstAt">When the first attempt was made; later by every time that it was postponed.</param>
/// <param name="Policy">How it is tried again.</param>
/// <param name="Unauthorized">How many attempts before this one, without another between, were answered that the sign-in is wrong without a word why.</param>
public sealed record StepAttempt(CompanyId Company, string Workflow, string Step, string Subject, int Number, DateTimeOffset FirstAt, RetryPolicy Policy, int Unauthorized = 0);
