using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Kayse.Functions.Tests.Azure;

/// <summary>
/// A Key Vault in memory: versions, soft delete, deletions and recoveries that take a while, and the error codes of the service
/// (learn.microsoft.com, "Key Vault REST API"). Its clock shows seconds.
/// </summary>
public sealed class FakeVault(TimeProvider clock) : HttpMessageHandler
{
    private readonly Dictionary<string, Kept> _secrets = [];
    private int _made;

    /// <summary>How many times a deletion, a recovery or a purge is asked about before it is done.</summary>
    public int Slowness { get; set; } = 2;

    /// <summary>What is deleted stays until its time is over.</summary>
    public bool HasPurgeProtection { get; set; }

    /// <summary>An answer in place of the next ones, or null.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage?> Instead { get; set; } = _ => null;

    /// <summary>Ends before an answer is given.</summary>
    public Func<Task> Delay { get; set; } = () => Task.CompletedTask;

    /// <summary>The requests so far, those for a challenge left out.</summary>
    public IList<string> Requests { get; } = [];

    public static HttpResponseMessage Fault(int status, string code, string? inner = null) => Json((HttpStatusCode)status, new JsonObject
    {
        ["error"] = new JsonObject { ["code"] = code, ["message"] = "personal data", ["innererror"] = inner is null ? null : new JsonObject { ["code"] = inner } },
    });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Headers.Authorization is null)
        {
            var challenge = new HttpResponseMessage(HttpStatusCode.Unauthorized);
            challenge.Headers.WwwAuthenticate.ParseAdd("Bearer authorization=\"https://login.windows.net/00000000-0000-0000-0000-000000000000\", resource=\"https://vault.azure.net\"");
            return challenge;
        }

        var body = request.Content is null ? null : JsonNode.Parse(await request.Content.ReadAsStringAsync(cancellationToken));
        await Delay();
        lock (_secrets)
        {
            Requests.Add($"{request.Method} {request.RequestUri!.AbsolutePath}");
            return Instead(request) ?? Answer(request.Method, request.RequestUri.AbsolutePath.Trim('/').Split('/'), body);
        }
    }

    private HttpResponseMessage Answer(HttpMethod method, string[] path, JsonNode? body) => (method.Method, path) switch
    {
        ("GET", ["secrets"]) => List(_secrets.Where(secret => secret.Value.State == State.Live).Select(secret => Item(secret.Key, null))),
        ("GET", ["secrets", var name, "versions"]) => Live(name) is { } kept ? List(kept.Versions.Select(version => Item(name, version))) : Missing(),
        ("GET", ["secrets", var name, .. var version]) => Get(name, version is [var one] ? one : ""),
        ("PUT", ["secrets", var name]) => Set(name, (string)body!["value"]!),
        ("DELETE", ["secrets", var name]) => Delete(name),
        ("GET", ["deletedsecrets", var name]) => IsDeleted(name) ? Json(HttpStatusCode.OK, Item(name, null)) : Missing(),
        ("POST", ["deletedsecrets", var name, "recover"]) => Recover(name),
        ("DELETE", ["deletedsecrets", var name]) => Purge(name),
        _ => Fault(400, "BadParameter"),
    };

    private HttpResponseMessage Get(string name, string version) => (Live(name)?.Versions ?? []) switch
    {
        [] => Missing(),
        var versions when version.Length == 0 => Json(HttpStatusCode.OK, Item(name, versions[^1], withValue: true)),
        var versions => versions.Find(one => one.Id == version) is { } found ? Json(HttpStatusCode.OK, Item(name, found, withValue: true)) : Missing(),
    };

    private HttpResponseMessage Set(string name, string value)
    {
        var kept = _secrets.GetValueOrDefault(name);
        switch (kept?.State)
        {
            case State.Deleting:
                return Fault(409, "Conflict", "ObjectIsBeingDeleted");
            case State.Deleted:
                return Fault(409, "Conflict", "ObjectIsDeletedButRecoverable");
            case State.Recovering when Passes(kept):
                return Fault(409, "Conflict", "ObjectIsBeingRecovered");
            case null:
                _secrets[name] = kept = new Kept();
                break;
        }

        kept.State = State.Live;
        kept.Versions.Add(new KeptVersion(((++_made * 7919) % 100_000).ToString("x32", CultureInfo.InvariantCulture), value, clock.GetUtcNow().ToUnixTimeSeconds()));
        return Json(HttpStatusCode.OK, Item(name, kept.Versions[^1], withValue: true));
    }

    private HttpResponseMessage Delete(string name)
    {
        if (Live(name) is not { } kept)
        {
            return Missing();
        }

        (kept.State, kept.Asked) = (State.Deleting, 0);
        return Json(HttpStatusCode.OK, Item(name, null));
    }

    private bool IsDeleted(string name)
    {
        if (_secrets.GetValueOrDefault(name) is not { } kept)
        {
            return false;
        }

        if (kept.State == State.Deleting && !Passes(kept))
        {
            kept.State = State.Deleted;
        }

        if (kept.State == State.Purging && !Passes(kept))
        {
            _secrets.Remove(name);
            return false;
        }

        return kept.State is State.Deleted or State.Purging;
    }

    private HttpResponseMessage Recover(string name)
    {
        if (_secrets.GetValueOrDefault(name) is not { State: State.Deleted } kept)
        {
            return _secrets.ContainsKey(name) ? Fault(409, "Conflict", "ObjectIsBeingRecovered") : Missing();
        }

        (kept.State, kept.Asked) = (State.Recovering, 0);
        return Json(HttpStatusCode.OK, Item(name, null));
    }

    private HttpResponseMessage Purge(string name)
    {
        if (_secrets.GetValueOrDefault(name) is not { State: State.Deleted } kept)
        {
            return Missing();
        }

        if (HasPurgeProtection)
        {
            return Fault(403, "Forbidden", "ForbiddenByPolicy");
        }

        (kept.State, kept.Asked) = (State.Purging, 0);
        return new HttpResponseMessage(HttpStatusCode.NoContent);
    }

    private bool Passes(Kept kept) => kept.Asked++ < Slowness;

    private Kept? Live(string name) => _secrets.GetValueOrDefault(name) is { State: State.Live } kept ? kept : null;

    private static HttpResponseMessage Missing() => Fault(404, "SecretNotFound");

    // In no order that means anything, as the service lists.
    private static HttpResponseMessage List(IEnumerable<JsonObject> items) => Json(HttpStatusCode.OK, new JsonObject { ["value"] = new JsonArray([.. items.OrderBy(item => (string)item["id"]!, StringComparer.Ordinal)]), ["nextLink"] = null });

    private static JsonObject Item(string name, KeptVersion? version, bool withValue = false)
    {
        var item = new JsonObject
        {
            ["id"] = version is null ? $"https://kayse.vault.azure.net/secrets/{name}" : $"https://kayse.vault.azure.net/secrets/{name}/{version.Id}",
            ["attributes"] = new JsonObject { ["enabled"] = true, ["created"] = version?.Created ?? 0, ["updated"] = version?.Created ?? 0, ["recoveryLevel"] = "Recoverable+Purgeable" },
            ["recoveryId"] = $"https://kayse.vault.azure.net/deletedsecrets/{name}",
        };
        if (withValue)
        {
            item["value"] = version!.Value;
        }

        return item;
    }

    private static HttpResponseMessage Json(HttpStatusCode status, JsonObject body) => new(status) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };

    private enum State
    {
        Live,
        Deleting,
        Deleted,
        Recovering,
        Purging,
    }

    private sealed record KeptVersion(string Id, string Value, long Created);

    private sealed class Kept
    {
        public List<KeptVersion> Versions { get; } = [];

        public State State { get; set; }

        public int Asked { get; set; }
    }
}
