namespace Kayse.Tests.Webhooks;

/// <summary>Addresses that lead where Kayse must not go, or that programs read in different ways; all are refused as they are written.</summary>
public static class SafeDestinationTable
{
    private static readonly string[] s_notHttps =
    [
        "", " ", "https://", "https://?", "https:///example.com/", "https:/example.com", "https:example.com/", "//example.com/hook", "/hook", "example.com/hook",
        "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "ws://example.com/", "javascript:alert(1)", "data:text/plain,x",
    ];

    private static readonly string[] s_userInfoAndPorts =
    [
        "https://user:password@example.com/", "https://user@example.com/", "https://@example.com/", "https://:@example.com/", "https://example.com@127.0.0.1/",
        "https://example.com:443@127.0.0.1/", "https://a@b@example.com/", "https://example.com:22/", "https://example.com:80/", "https://example.com:8080/",
        "https://example.com:0/", "https://example.com:65536/", "https://example.com:+443/", "https://127.0.0.1:443:80/",
    ];

    private static readonly string[] s_localNames =
    [
        "https://localhost/", "https://LOCALHOST./", "https://a.localhost/", "https://localhost.localdomain/", "https://printer.local/", "https://printer.LOCAL./",
        "https://metadata.google.internal/", "https://metadata.google.internal./", "https://nas.lan/", "https://router.home.arpa/", "https://box.home/", "https://crm.corp/",
        "https://crm.intranet/", "https://intranet/", "https://intranet./", "https://metadata/", "https://xn--/",
    ];

    private static readonly string[] s_ipv4 =
    [
        "https://0.0.0.0/", "https://10.1.2.3/", "https://100.64.0.1/", "https://100.100.100.200/", "https://127.0.0.1/", "https://127.255.255.254/",
        "https://168.63.129.16/", "https://169.254.169.254/latest/meta-data/", "https://172.16.0.1/", "https://172.31.255.255/", "https://192.0.0.192/", "https://192.0.2.1/",
        "https://192.31.196.1/", "https://192.52.193.1/", "https://192.88.99.1/", "https://192.168.1.1/", "https://192.175.48.1/", "https://198.18.0.1/", "https://198.51.100.1/",
        "https://203.0.113.1/", "https://224.0.0.1/", "https://240.0.0.1/", "https://255.255.255.255/", "https://127.0.0.1:8443/",
    ];

    private static readonly string[] s_numbers =
    [
        "https://127.1/", "https://127.0.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.0.0.1/", "https://0x7f.1/", "https://0177.0.0.1/", "https://0177.1/",
        "https://017700000001/", "https://0/", "https://00/", "https://0x0/", "https://0x/", "https://127.0.0.1./", "https://127.1./", "https://2130706433./",
        "https://0x7f000001./", "https://0177.0.0.1./", "https://4294967296/", "https://256.1.1.1/", "https://1.2.3.4.5/", "https://08.8.8.8/", "https://8.8.8.00/",
        "https://134744072/", "https://0x08080808/", "https://010.8.8.8/", "https://8.8.8.8./", "https://example.1/", "https://example.0x7f/", "https://127.0.0.1../",
    ];

    private static readonly string[] s_ipv6 =
    [
        "https://[::]/", "https://[::1]/", "https://[::1]./", "https://[0:0:0:0:0:0:0:1]/", "https://[::1%250]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/",
        "https://[2606:4700::1111%25eth0]/", "https://[fc00::1]/", "https://[fd00:ec2::254]/", "https://[fec0::1]/", "https://[ff02::1]/", "https://[100::1]/",
        "https://[2001:db8::1]/", "https://[3fff::1]/", "https://[5f00::1]/", "https://[2001:10::1]/", "https://[2001::1]/", "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
        "https://[::ffff:127.0.0.1]/", "https://[::ffff:a9fe:a9fe]/", "https://[::ffff:0:127.0.0.1]/", "https://[::127.0.0.1]/", "https://[64:ff9b::10.0.0.1]/",
        "https://[64:ff9b::a9fe:a9fe]/", "https://[64:ff9b:1::1]/", "https://[64:ff9b:1::8.8.8.8]/", "https://[2002:7f00:1::]/", "https://[2002:a9fe:a9fe::1]/",
        "https://[2606:4700::5efe:127.0.0.1]/", "https://[2606:4700::200:5efe:10.0.0.1]/", "https://[127.0.0.1]/", "https://[::1/", "https://%5b::1%5d/",
    ];

    private static readonly string[] s_spellings =
    [
        "https://\uff11\uff12\uff17.\uff10.\uff10.\uff11/", "https://127\u30020\u30020\u30021/", "https://127.0.0.1\uff0e/", "https://2130706433\uff0e/", "https://0x7f\uff611/",
        "https://\u2460\u2461\u2466.0.0.1/", "https://\u0661\u0662\u0667.0.0.1/", "https://\uff4cocalhost/", "https://\u24dbocalhost/", "https://localhost\u3002/",
        "https://local\u00adhost/", "https://exa\u00admple.com/", "https://exa\u200bmple.com/", "https://exa\u202emple.com/", "https://ex\u0430mple.com/",
        "https://m\u00fcnchen.example.com/", "https://example.com\ud800/", "https://%31%32%37.0.0.1/", "https://127%2e0.0.1/", "https://loc%61lhost/", "https://localhost%2e/",
        "https://127.0.0.1%20/", "https://example.com%00.example.com/", "https://example.com%2f@127.0.0.1/",
    ];

    private static readonly string[] s_separators =
    [
        "https:\\\\127.0.0.1\\", "https://example.com\\@127.0.0.1/", "https://127.0.0.1\\@example.com/", "https://exa\tmple.com/", "https://exam\nple.com/",
        "https://example.com/\r\nX-Injected: 1", "\thttps://example.com/", "https://example.com/\n", "https://example.com\0/", "https://exa\u0085mple.com/", "https://exa mple.com/",
        "https://..example.com/", "https://a..example.com/", "https://.example.com/", "https://example.com../", "https://./", "https://-a.example.com/", "https://a,b.example.com/",
        $"https://{new string('a', 64)}.example.com/", $"https://{string.Join('.', Enumerable.Repeat(new string('a', 60), 5))}.example.com/", $"https://{new string('a', 70_000)}/",
    ];

    public static TheoryData<string> Hostile() =>
        [.. s_notHttps, .. s_userInfoAndPorts, .. s_localNames, .. s_ipv4, .. s_numbers, .. s_ipv6, .. s_spellings, .. s_separators];
}
