namespace Kayse.Web.Integrations;

/// <summary>What may be added to the webhook's URL, or to Law Ruler's Params tab, and what it does.</summary>
public static class WebhookParameters
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<WebhookParameter> All { get; } =
    [
        new("list_id", "Puts the case on the list with this id (the column List ID of the lists).", "&list_id=123"),
        new("list_name", "The same by the list's name, where no list_id is given.", "&list_name=Signed"),
        new("list_action", "What is done with the list: add or attach, remove or detach. Without it the case is added.", "&list_action=remove"),
        new("remove_from_list", "true takes the case off the list, whatever list_action says.", "&remove_from_list=true"),
        new("campaign_id", "Associates the case with the campaign of this id.", "&campaign_id=42"),
    ];
}

/// <summary>A parameter of the webhook's URL.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does.</param>
/// <param name="Example">What is appended to the URL.</param>
public sealed record WebhookParameter(string Name, string Description, string Example);
