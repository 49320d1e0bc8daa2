// Checked against OpenTelemetry.Api 1.15.3.
namespace OpenTelemetry.Metrics;

public abstract class MeterProviderBuilder
{
    protected MeterProviderBuilder()
    {
    }

    public abstract MeterProviderBuilder AddMeter(params string[] names);
}
