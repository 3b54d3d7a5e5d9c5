using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Vault.Server.Hosting;

/// <summary>
/// What OpenTelemetry collected, as Prometheus reads it: the text exposition format 0.0.4. The exporter that the project itself
/// ships is a prerelease that calls itself unfit for production; this is the part of the format that counters, gauges and
/// histograms need.
/// </summary>
internal sealed class PrometheusText : BaseExporter<Metric>
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>As of the last collection.</summary>
    public string Text { get; private set; } = "";

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var text = new StringBuilder();
        foreach (var metric in batch)
        {
            var type = metric.MetricType switch
            {
                MetricType.LongSum => "counter",
                MetricType.LongGauge => "gauge",
                MetricType.Histogram => "histogram",
                var other => throw new InvalidOperationException($"{metric.Name} is a {other}, which nothing here writes."),
            };
            text.Append(CultureInfo.InvariantCulture, $"# HELP {metric.Name} {metric.Description}\n# TYPE {metric.Name} {type}\n");
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                Write(text, metric, in point);
            }
        }

        Text = text.ToString();
        return ExportResult.Success;
    }

    private static void Write(StringBuilder text, Metric metric, ref readonly MetricPoint point)
    {
        var labels = Labels(point.Tags);
        switch (metric.MetricType)
        {
            case MetricType.LongSum:
                Line(text, metric.Name, labels, point.GetSumLong());
                break;
            case MetricType.LongGauge:
                Line(text, metric.Name, labels, point.GetGaugeLastValueLong());
                break;
            default:
                WriteHistogram(text, metric.Name, labels, in point);
                break;
        }
    }

    // Buckets of the format are cumulative: each counts everything up to its bound.
    private static void WriteHistogram(StringBuilder text, string name, string labels, ref readonly MetricPoint point)
    {
        var total = 0L;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            total += bucket.BucketCount;
            var bound = double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : bucket.ExplicitBound.ToString(CultureInfo.InvariantCulture);
            Line(text, name + "_bucket", labels.Length == 0 ? $"le=\"{bound}\"" : $"{labels},le=\"{bound}\"", total);
        }

        Line(text, name + "_sum", labels, point.GetHistogramSum());
        Line(text, name + "_count", labels, point.GetHistogramCount());
    }

    private static void Line<T>(StringBuilder text, string name, string labels, T value)
        where T : IFormattable
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value.ToString(null, CultureInfo.InvariantCulture)).Append('\n');
    }

    // Keys and values are words of this program, so none needs escaping.
    private static string Labels(ReadOnlyTagCollection tags)
    {
        var labels = new List<string>();
        foreach (var tag in tags)
        {
            labels.Add($"{tag.Key}=\"{tag.Value}\"");
        }

        return string.Join(',', labels);
    }
}
