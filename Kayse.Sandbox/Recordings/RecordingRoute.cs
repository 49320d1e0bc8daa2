namespace Kayse.Sandbox.Recordings;

/// <summary>A call's recording to download: <c>/files/rec.mp3</c>. Silent MPEG audio of any size, made as it is sent.</summary>
internal static class RecordingRoute
{
    /// <summary>The size where the caller asks for none: about twenty seconds.</summary>
    public const long DefaultSize = 320_000;

    private const long MaxSize = 4L * 1024 * 1024 * 1024;

    // A frame of MPEG-1 layer III at 128 kbit/s and 44.1 kHz is 144 * 128000 / 44100 = 417 bytes with its header.
    private const int FrameSize = 417;
    private static readonly byte[] FrameHeader = [0xFF, 0xFB, 0x90, 0x64];
    private static readonly byte[] Frames = MakeFrames(157);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods("/files/rec.mp3", ["GET", "HEAD"], ServeAsync);

    private static async Task ServeAsync(HttpContext context)
    {
        var size = DefaultSize;
        if (context.Request.Query.TryGetValue("size", out var asked) && (!long.TryParse(asked, out size) || size is < 0 or > MaxSize))
        {
            await HttpAnswer.TextAsync(context, StatusCodes.Status400BadRequest, "text/plain", $"size must be from 0 to {MaxSize} bytes.");
            return;
        }

        context.Response.ContentType = "audio/mpeg";
        context.Response.ContentLength = size;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        for (long sent = 0; sent < size;)
        {
            var part = (int)Math.Min(Frames.Length, size - sent);
            await context.Response.Body.WriteAsync(Frames.AsMemory(0, part), context.RequestAborted);
            sent += part;
        }
    }

    private static byte[] MakeFrames(int count)
    {
        var frames = new byte[count * FrameSize];
        for (var start = 0; start < frames.Length; start += FrameSize)
        {
            FrameHeader.CopyTo(frames, start);
        }

        return frames;
    }
}
