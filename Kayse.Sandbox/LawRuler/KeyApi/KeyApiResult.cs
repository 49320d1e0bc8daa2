using System.Text.Json;
using System.Xml.Linq;

namespace Kayse.Sandbox.LawRuler.KeyApi;

/// <summary>What a Key API call came to, in the three forms a caller can ask for. All are 200.</summary>
internal sealed record KeyApiResult
{
    public long? LeadId { get; init; }

    /// <summary>Only a read tells it.</summary>
    public string? Status { get; init; }

    public string? Error { get; init; }

    public static KeyApiResult Failed(string error, long? leadId = null) => new() { Error = error, LeadId = leadId };

    public string Text()
    {
        if (Error is not null)
        {
            return Error + (LeadId is { } known ? $" Lead ID:<br/>{known}" : "") + "<br/>";
        }

        return Status is null
            ? $"Success Lead #{LeadId}<br/>Lead ID:<br/>{LeadId}<br/>"
            : $"Lead ID:<br/>{LeadId}<br/>Status:<br/>{System.Net.WebUtility.HtmlEncode(Status)}<br/>";
    }

    public string Json()
    {
        if (Error is not null)
        {
            return JsonSerializer.Serialize(new { Success = false, Error, LeadID = LeadId });
        }

        return Status is null
            ? JsonSerializer.Serialize(new { Success = true, LeadID = LeadId, Message = $"Success Lead #{LeadId}" })
            : JsonSerializer.Serialize(new { Success = true, LeadID = LeadId, Status });
    }

    public string Xml()
    {
        var root = Error is not null
            ? new XElement("error", Error)
            : new XElement("Lead", new XElement("LeadID", LeadId), Status is null ? new XElement("Success", "true") : new XElement("Status", Status));
        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>" + root.ToString(SaveOptions.DisableFormatting);
    }
}
