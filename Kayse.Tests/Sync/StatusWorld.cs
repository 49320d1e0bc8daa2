using Kayse.Core.Cases;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Mapping;
using Kayse.Core.Sync;

namespace Kayse.Tests.Sync;

/// <summary>Something that happens to a status.</summary>
public enum DeedKind
{
    KayseSets,
    LawRulerSets,
    WebhookComes,
    WebhookIsLost,
    PushLooks,
    PushWrites,
    PushIsCutOff,
    PollReads,
    PollIsTaken,
    Outage,
    SwitchOff,
    SwitchOnRetroactively,
    SwitchOnNonRetroactively,
    Pause,
}

/// <summary>Something that happens, and with which of several.</summary>
public sealed record StatusDeed(DeedKind Kind, int Number);

/// <summary>One case and its lead over the product's decisions, with everything around them made up: Law Ruler, its webhooks, the polls and the pushes.</summary>
internal sealed class StatusWorld(StatusConflict rule)
{
    private const string Crm = "lawruler";

    // Two of Kayse's statuses are one in Law Ruler, one is another's name, and one stands in no pair.
    private static readonly StatusMapping s_mapping = new(
        [.. Enumerable.Range(0, 4).Select(n => new StatusPair($"Kayse's {n}", $"Status {n} **")), new StatusPair("Kayse's other 2", "Status 2"), new StatusPair("Status 1", "Status 3")]);

    private static readonly string[] s_ours = ["Kayse's 0", "Kayse's 1 ", "kayse's 2", "Kayse's other 2", "Status 1", "Status 5 **"];

    private readonly List<(string Status, DateTimeOffset? ReceivedAt)> _webhooks = [];
    private readonly List<(KayseStatus Set, DateTimeOffset ReceivedAt)> _events = [];
    private readonly List<Push> _pushes = [];
    private LawRulerConnection _connection = new() { Connected = true };
    private DateTimeOffset _now = new(2026, 11, 20, 15, 0, 0, TimeSpan.Zero);
    private DateTimeOffset _setInLawRulerAt;
    private CrmStatus? _poll;
    private QueuedStatus? _queued;
    private bool _isDown;
    private bool _isPaused;
    private int _changes;
    private Case _case = new()
    {
        Id = CaseId.Parse("case_1"),
        ClientId = ClientId.Parse("client_1"),
        ExternalSource = Crm,
        ExternalSourceId = "711551",
        Status = "New Lead",
        StatusInCrm = "New Lead",
        StatusOrigin = Crm,
        StatusAt = new DateTimeOffset(2026, 11, 20, 14, 0, 0, TimeSpan.Zero),
    };

    public string LawRuler { get; private set; } = "New Lead";

    public string Kayse => _case.Status!;

    public List<string> Writes { get; } = [];

    public List<string> SetInKayse { get; } = [];

    /// <summary>How many answers were lost.</summary>
    public int Lost { get; private set; }

    public int WritesWhileOff { get; private set; }

    /// <summary>What both sides must end with, where nothing stands against it: Kayse's last change, made in full knowledge of Law Ruler's status; else null.</summary>
    public string? Owed { get; private set; }

    private bool IsOn => _connection.Toggles.SyncCaseStatuses;

    public void Do(StatusDeed deed)
    {
        _now += TimeSpan.FromSeconds(1);
        switch (deed.Kind)
        {
            case DeedKind.KayseSets:
                SetByKayse(s_ours[deed.Number % s_ours.Length]);
                break;
            case DeedKind.LawRulerSets:
                Owed = null;
                SetInLawRuler($"Status {deed.Number}");
                break;
            case DeedKind.WebhookComes when _webhooks.Count > 0:
                TakeWebhook(deed.Number % _webhooks.Count);
                break;
            case DeedKind.WebhookIsLost when _webhooks.Count > 0:
                _webhooks.RemoveAt(deed.Number % _webhooks.Count);
                break;
            case DeedKind.Pause:
                Pause(deed.Number % 2 == 0);
                break;
            case DeedKind.PushLooks when !_isPaused && _pushes.Find(push => !push.MayWrite) is { } push:
                Look(push);
                break;
            case DeedKind.PushWrites when _pushes.Find(push => push.MayWrite) is { } push:
                Write(push, isAnswered: true, isApplied: true);
                break;
            case DeedKind.PushIsCutOff when _pushes.Find(push => push.MayWrite) is { } push:
                Write(push, isAnswered: false, isApplied: deed.Number % 2 == 0);
                break;
            case DeedKind.PollReads when !_isDown && !_isPaused:
                _poll = Seen();
                break;
            case DeedKind.PollIsTaken when _poll is not null:
                Observe(_poll);
                _poll = null;
                break;
            case DeedKind.Outage:
                _isDown = !_isDown;
                break;
            default:
                Switch(deed.Kind);
                break;
        }
    }

    /// <summary>Law Ruler is up, the sync on, and everything that is under way comes to its end; then a poll reads the lead.</summary>
    public void Settle()
    {
        _isDown = false;
        if (_isPaused)
        {
            Do(new StatusDeed(DeedKind.Pause, 0));
        }

        if (!IsOn)
        {
            Do(new StatusDeed(DeedKind.SwitchOnNonRetroactively, 0));
        }

        for (var turn = 0; turn < 1000 && (_pushes.Count > 0 || _webhooks.Count > 0 || _poll is not null); turn++)
        {
            Do(new StatusDeed(DeedKind.PushLooks, 0));
            Do(new StatusDeed(DeedKind.PushWrites, 0));
            Do(new StatusDeed(DeedKind.WebhookComes, 0));
            Do(new StatusDeed(DeedKind.PollIsTaken, 0));
        }

        Do(new StatusDeed(DeedKind.PollReads, 0));
        Do(new StatusDeed(DeedKind.PollIsTaken, 0));
        Assert.Empty(_pushes);
        Assert.Empty(_webhooks);
    }

    private void SetByKayse(string status)
    {
        var set = new KayseStatus(status, $"evt_{++_changes}", _now, KayseStatusState.Due);
        SetInKayse.Add(Crms(status));
        if (_isPaused)
        {
            Owed = null;
            _events.Add((set, _now));
            return;
        }

        TakeEvent(set, _now);
    }

    private static string Crms(string status) => s_mapping.FindCrm(status).Crm!;

    private void TakeEvent(KayseStatus told, DateTimeOffset receivedAt)
    {
        var status = Crms(told.Status);
        var knows = StatusMapping.Same(_case.StatusInCrm, LawRuler) || _case.StatusesBeingWritten.Any(write => StatusMapping.Same(write.Status, LawRuler))
            || (rule == StatusConflict.KayseWins && !StatusMapping.Same(_case.Status, status));
        // An old webhook, or what a poll has read, may yet be taken for a newer change of Law Ruler's.
        var isQuiet = _webhooks.Count == 0 && _poll is null && IsOn && receivedAt == _now && !_pushes.Exists(push => push.MayWrite);
        var set = told with { State = IsOn ? KayseStatusState.Due : _connection.StatusSyncUsed ? KayseStatusState.Queued : KayseStatusState.Settled };
        _case = StatusSync.SetByKayse(_case, set, status, receivedAt, rule, _now);
        if (StatusSync.IsDue(_case, set.Change))
        {
            _pushes.Add(new Push(set.Change));
        }
        else if (_case.StatusByKayse is { State: KayseStatusState.Queued } queued && queued.Change == set.Change)
        {
            Enqueue(queued);
        }

        Owed = knows && isQuiet ? status : null;
    }

    private void Pause(bool webhooksFirst)
    {
        Owed = null;
        _isPaused = !_isPaused;
        // Between its look and its write a push has no time for a switch.
        _pushes.ForEach(push => push.MayWrite = false);
        if (_isPaused)
        {
            return;
        }

        // What came meanwhile is taken up, each kind in its order.
        Action[] kinds = [() => _webhooks.Where(kept => kept.ReceivedAt is not null).ToList().ForEach(kept => TakeWebhook(_webhooks.IndexOf(kept))), () => _events.ForEach(kept => TakeEvent(kept.Set, kept.ReceivedAt))];
        foreach (var take in webhooksFirst ? kinds : [.. kinds.Reverse()])
        {
            take();
        }

        _events.Clear();
        Owed = null;
    }

    private void Enqueue(KayseStatus queued) => _queued = new QueuedStatus(_case.Id, queued.Status, queued.Change, (_queued?.Count ?? 0) + 1, _now);

    private void SetInLawRuler(string status)
    {
        if (status != LawRuler)
        {
            (LawRuler, _setInLawRulerAt) = (status, _now);
            _webhooks.Add((status, null));
        }
    }

    private void TakeWebhook(int index)
    {
        var (status, receivedAt) = _webhooks[index];
        if (_isPaused)
        {
            _webhooks[index] = (status, receivedAt ?? _now);
            return;
        }

        _webhooks.RemoveAt(index);
        Observe(new CrmStatus(status, null, receivedAt ?? _now, receivedAt ?? _now));
    }

    private CrmStatus Seen() => new(LawRuler, null, rule == StatusConflict.Newest ? _setInLawRulerAt : _now, _now);

    private void Observe(CrmStatus seen) => _case = IsOn ? StatusSync.Observe(_case, seen, rule, Crm, _now) : StatusSync.ObserveWhileOff(_case, seen, Crm, _now);

    private void Look(Push push)
    {
        if (_isDown)
        {
            return;
        }

        if (!StatusSync.IsDue(_case, push.Change))
        {
            _pushes.Remove(push);
            return;
        }

        if (!IsOn)
        {
            _case = StatusSync.Queue(_case, push.Change);
            Enqueue(_case.StatusByKayse!);
            _pushes.Remove(push);
            return;
        }

        var wanted = Crms(_case.StatusByKayse!.Status);
        if (StatusMapping.Same(LawRuler, wanted))
        {
            _case = StatusSync.Written(_case, push.Change, wanted, _now);
            _pushes.Remove(push);
            return;
        }

        Observe(Seen());
        push.MayWrite = StatusSync.IsDue(_case, push.Change);
        if (!push.MayWrite)
        {
            _pushes.Remove(push);
        }
    }

    private void Write(Push push, bool isAnswered, bool isApplied)
    {
        push.MayWrite = false;
        if (_isDown || !StatusSync.IsDue(_case, push.Change))
        {
            return;
        }

        var wanted = Crms(_case.StatusByKayse!.Status);
        _case = StatusSync.Announce(_case, push.Change, wanted);
        Writes.Add(wanted);
        WritesWhileOff += IsOn ? 0 : 1;
        Lost += isAnswered ? 0 : 1;
        if (isApplied)
        {
            SetInLawRuler(wanted);
        }

        if (isAnswered)
        {
            _case = StatusSync.Written(_case, push.Change, wanted, _now);
            _pushes.Remove(push);
        }
    }

    private void Switch(DeedKind kind)
    {
        var isOn = kind != DeedKind.SwitchOff;
        if (kind is not (DeedKind.SwitchOff or DeedKind.SwitchOnRetroactively or DeedKind.SwitchOnNonRetroactively) || isOn == IsOn)
        {
            return;
        }

        Owed = null;
        // Between its look and its write a push has no time for a switch.
        _pushes.ForEach(push => push.MayWrite = false);
        var mode = kind == DeedKind.SwitchOnRetroactively ? StatusSwitch.Retroactive : kind == DeedKind.SwitchOff ? null : StatusSwitch.NonRetroactive;
        var after = _connection with { Toggles = _connection.Toggles with { SyncCaseStatuses = isOn } };
        Assert.Equal(isOn, StatusSwitch.Asks(_connection, after, null));
        Assert.False(StatusSwitch.Asks(_connection, after, mode ?? StatusSwitch.Retroactive));
        _connection = StatusSwitch.Apply(_connection, after, mode, "replay", _now);
        if (_connection.StatusReplay is not null && _queued is not null)
        {
            _case = StatusSync.Replay(_case, _queued.Change, Crms(_queued.Status), _now);
            if (StatusSync.IsDue(_case, _queued.Change))
            {
                _pushes.Add(new Push(_queued.Change));
            }
        }

        _queued = isOn ? null : _queued;
    }

    private sealed class Push(string change)
    {
        public string Change => change;

        public bool MayWrite { get; set; }
    }
}
