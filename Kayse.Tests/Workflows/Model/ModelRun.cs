using Kayse.Core.Workflows;

namespace Kayse.Tests.Workflows.Model;

/// <summary>Does the same to engine and model, and compares them after each command.</summary>
internal sealed class ModelRun : IAsyncDisposable
{
    private readonly ModelledEngine _real = new();
    private readonly WorkflowModel _model;
    private readonly ModelStartedRows _rows;
    private readonly WorkflowCatalog _catalog = ModelledEngine.NewCatalog();
    private int _starts;
    private bool _isInMotion;

    private ModelRun()
    {
        ModelWorkflows.AddTo(_catalog);
        _model = new WorkflowModel(_catalog, _real.Clock.GetUtcNow());
        _rows = new ModelStartedRows(_real, _model);
        _real.Engine.Start();
    }

    public static async Task DoAsync(ModelCommand[] commands)
    {
        await using var run = new ModelRun();
        foreach (var (command, i) in commands.Select((command, i) => (command, i)))
        {
            try
            {
                await run.DoAsync(command);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"Command {i + 1} ({command}): {fault.Message}", fault);
            }
        }

        await run.DoAsync(new ModelCommand(ModelVerb.Up));
    }

    public ValueTask DisposeAsync() => _real.DisposeAsync();

    private async Task DoAsync(ModelCommand command)
    {
        if (_isInMotion && (command.Verb is not (ModelVerb.Start or ModelVerb.Raise) || command.Name == ModelWorkflows.Stop))
        {
            await RestAsync();
        }

        var isCut = command.Cut is not null && _model.IsUp;
        if (isCut)
        {
            await _real.CutAsync(command.Cut!.Value);
        }

        await (command.Verb switch
        {
            ModelVerb.Start => StartAsync(command, isCut),
            ModelVerb.Raise => RaiseAsync(command),
            ModelVerb.Release => ReleaseAsync(command),
            ModelVerb.Advance => AdvanceAsync(command, isCut),
            ModelVerb.Terminate => TerminateAsync(command),
            ModelVerb.Purge => PurgeAsync(command),
            ModelVerb.PurgeOld => PurgeOldAsync(command),
            ModelVerb.Up => UpAsync(),
            _ => EndAsync(command.Verb),
        });
        _isInMotion |= command.IsHasty && !isCut && _model.IsUp;
        if (isCut && command.Verb != ModelVerb.Advance)
        {
            await CutOffAsync();
        }
        else if (!_isInMotion || !command.IsHasty)
        {
            await RestAsync();
        }
    }

    private async Task StartAsync(ModelCommand command, bool isCut)
    {
        var id = ModelRuns.Ids[command.Id];
        var input = new ModelInput($"s{++_starts}", 0);
        if (ModelStartedRows.Has(id))
        {
            await _rows.StartAsync(id, command.Name, input.Tag, _catalog.Serialize(input), isCut ? command.Cut : null);
            return;
        }

        Told(_model.Start(id, command.Name, input.Tag), await _real.Engine.StartAsync(id, command.Name, _catalog.Serialize(input), default));
    }

    private async Task RaiseAsync(ModelCommand command)
    {
        var id = ModelRuns.Ids[command.Id];
        for (var time = 0; time < command.Times; time++)
        {
            var payload = command.Number + time;
            var expected = _model.Raise(id, command.Name, payload);
            var actual = await _real.Engine.RaiseEventAsync(id, command.Name, _catalog.Serialize(payload), default);
            // What the event before it does may end the instance sooner or later.
            Told(expected, actual && (expected || (time == 0 && !_isInMotion) || !_model.Instances.ContainsKey(id)));
        }
    }

    private Task ReleaseAsync(ModelCommand command)
    {
        if (_model.Held is { Length: > 0 } held)
        {
            var label = held[command.Number % held.Length];
            _real.Activities.Release(label, command.Times == 0);
            // A result that the store did not take is lost with the process.
            if (command.Cut != 0)
            {
                _model.Release(label, command.Times == 0);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>The clock goes from timer to timer, so that the time of each turn is known.</summary>
    private async Task AdvanceAsync(ModelCommand command, bool isCut)
    {
        var until = _model.Now.AddSeconds(command.Number);
        while (_model.NextDue(until) is { } due)
        {
            Advance(due);
            await (isCut ? CutOffAsync() : RestAsync());
            isCut = false;
        }

        Advance(until);
        if (isCut)
        {
            await CutOffAsync();
        }
    }

    private async Task TerminateAsync(ModelCommand command)
    {
        var id = ModelRuns.Ids[command.Id];
        Told(_model.Terminate(id), await _real.Engine.TerminateAsync(id, "enough", default));
    }

    private async Task PurgeAsync(ModelCommand command)
    {
        var id = ModelRuns.Ids[command.Id];
        Told(_model.Purge(id), await _real.Engine.PurgeInstanceAsync(id, default));
        await _rows.EndPurgedAsync();
    }

    private async Task PurgeOldAsync(ModelCommand command)
    {
        var before = _model.Now.AddSeconds(-command.Number);
        Told(_model.PurgeOld(before), await _real.Engine.PurgeAsync(before, default));
        await _rows.EndPurgedAsync();
    }

    private Task UpAsync()
    {
        if (!_model.IsUp)
        {
            _model.Up();
            _real.Engine.Start();
        }

        return Task.CompletedTask;
    }

    private async Task EndAsync(ModelVerb verb)
    {
        var wasUp = _model.IsUp;
        await (verb == ModelVerb.Restart ? _real.StopAsync() : _real.CrashAsync());
        _model.Down(ModelComparison.Recorded(_real.Database, _model));
        if (verb != ModelVerb.Down && wasUp)
        {
            await UpAsync();
        }
    }

    private async Task CutOffAsync()
    {
        await _real.RestAsync(null);
        await EndAsync(ModelVerb.Crash);
        await RestAsync();
    }

    private async Task RestAsync()
    {
        await _real.RestAsync(_model.Held);
        await ModelComparison.CompareAsync(_real, _model);
        await _rows.CompareAsync();
        _model.Settled();
        _isInMotion = false;
    }

    private void Advance(DateTimeOffset time)
    {
        _real.Clock.Advance(time - _model.Now);
        _model.AdvanceTo(time);
    }

    private static void Told<T>(T expected, T actual) => Assert.True(Equals(expected, actual), $"The model answers {expected}, the engine {actual}.");
}
