namespace Kayse.Sandbox.LawRuler.KeyApi;

/// <summary>ASP.NET's request validation: what could be the start of a tag or of a character reference is refused before the page runs.</summary>
internal static class RequestValidation
{
    public static bool IsDangerous(string value)
    {
        for (var i = 0; i < value.Length - 1; i++)
        {
            var next = value[i + 1];
            if ((value[i] == '<' && (char.IsAsciiLetter(next) || next is '!' or '/' or '?')) || (value[i] == '&' && next == '#'))
            {
                return true;
            }
        }

        return false;
    }

    /// <param name="where"><c>Form</c> or <c>QueryString</c>.</param>
    /// <param name="name">The parameter.</param>
    public static string Page(string where, string name) =>
        "<!DOCTYPE html><html><head><title>A potentially dangerous Request." + where + " value was detected from the client</title></head>"
        + "<body><h1>Server Error in '/' Application.</h1><h2><i>A potentially dangerous Request." + where
        + " value was detected from the client (" + System.Net.WebUtility.HtmlEncode(name) + "=\"...\").</i></h2></body></html>";
}
