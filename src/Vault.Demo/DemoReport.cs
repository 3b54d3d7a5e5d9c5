using System.Globalization;
using System.Text.Json;

namespace Vault.Demo;

/// <summary>Prints each step as it happens, and keeps them for the one JSON document.</summary>
internal sealed class DemoReport(TextWriter? people, TimeProvider time)
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    private readonly List<DemoStep> _steps = [];
    private readonly DateTimeOffset _started = time.GetUtcNow();

    /// <summary>Whether there were steps, and all of them held.</summary>
    public bool EveryStepHeld => _steps.Count > 0 && _steps.TrueForAll(step => step.Held);

    /// <summary>A heading for people.</summary>
    public void Scene(string title) => people?.WriteLine($"\n{title}");

    /// <summary>Does one step. A step that throws did not hold, and ends the demo.</summary>
    public async Task<T> DoAsync<T>(string name, string text, Func<Task<T>> act)
    {
        var began = time.GetTimestamp();
        try
        {
            var result = await act();
            Add(name, text, began, true, "");
            return result;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Add(name, text, began, false, e.Message);
            throw new DemoEndedException(e);
        }
    }

    /// <summary>Notes a finding that needed no time of its own.</summary>
    public void Check(string name, string text, bool held, string detail = "") => Add(name, text, time.GetTimestamp(), held, detail);

    /// <summary>Writes the document, if one was asked for; else the verdict.</summary>
    public void Finish(TextWriter? document)
    {
        if (document is null)
        {
            people?.WriteLine(EveryStepHeld
                ? $"\nEvery step was observed ({_steps.Count} of {_steps.Count})."
                : $"\nNOT every step was observed ({_steps.Count(step => step.Held)} of {_steps.Count} held).");
            return;
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", "svault.demo.run/v1");
            writer.WriteString("started", _started.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            writer.WriteBoolean("held", EveryStepHeld);
            writer.WriteStartArray("steps");
            foreach (var step in _steps)
            {
                writer.WriteStartObject();
                writer.WriteString("name", step.Name);
                writer.WriteString("text", step.Text);
                writer.WriteNumber("milliseconds", Math.Round(step.Milliseconds, 2));
                writer.WriteBoolean("held", step.Held);
                writer.WriteString("detail", step.Detail);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        document.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private void Add(string name, string text, long began, bool held, string detail)
    {
        var step = new DemoStep(name, text, time.GetElapsedTime(began).TotalMilliseconds, held, detail);
        _steps.Add(step);
        var mark = held ? "ok  " : "FAIL";
        var tail = detail.Length == 0 ? "" : $"  ({detail})";
        people?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {mark} {step.Milliseconds,8:0.0} ms  {text}{tail}"));
    }
}
