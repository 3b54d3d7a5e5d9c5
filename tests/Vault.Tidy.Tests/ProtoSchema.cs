using System.Reflection;
using System.Text;
using Google.Protobuf.Reflection;

namespace Vault.Tidy.Tests;

/// <summary>
/// Every name and number that peers or stored bytes depend on, one a line, from the descriptors that the build compiled in.
/// Ordered by full name, so that moving a message to another file changes nothing.
/// </summary>
internal static class ProtoSchema
{
    public static IReadOnlyList<FileDescriptor> Files { get; } =
    [
        .. new[] { "Vault.Protocol", "Vault.Ipc" }
            .SelectMany(name => Assembly.Load(name).GetTypes())
            .Where(t => t.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(t => t.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null))
            .OfType<FileDescriptor>()
            .OrderBy(f => f.Name, StringComparer.Ordinal),
    ];

    public static string Describe(IEnumerable<FileDescriptor> files)
    {
        SortedDictionary<string, string> sections = new(StringComparer.Ordinal);
        foreach (var file in files)
        {
            AddEnums(sections, file.EnumTypes);
            AddMessages(sections, file.MessageTypes);
            foreach (var service in file.Services)
            {
                sections.Add(service.FullName, DescribeService(service));
            }
        }
        return string.Join("\n", sections.Values);
    }

    private static void AddMessages(SortedDictionary<string, string> sections, IEnumerable<MessageDescriptor> messages)
    {
        foreach (var message in messages.Where(m => !m.IsMapEntry))
        {
            sections.Add(message.FullName, DescribeMessage(message));
            AddEnums(sections, message.EnumTypes);
            AddMessages(sections, message.NestedTypes);
        }
    }

    private static void AddEnums(SortedDictionary<string, string> sections, IEnumerable<EnumDescriptor> enums)
    {
        foreach (var type in enums)
        {
            StringBuilder text = new($"enum {type.FullName}\n");
            foreach (var value in type.Values.OrderBy(v => v.Number))
            {
                text.Append($"  {value.Number} {value.Name}\n");
            }
            foreach (var range in type.ToProto().ReservedRange.OrderBy(r => r.Start))
            {
                text.Append($"  reserved {range.Start} to {range.End}\n");
            }
            sections.Add(type.FullName, text.ToString());
        }
    }

    private static string DescribeMessage(MessageDescriptor message)
    {
        StringBuilder text = new($"message {message.FullName}\n");
        foreach (var field in message.Fields.InFieldNumberOrder())
        {
            var oneof = field.RealContainingOneof is { } choice ? $" oneof {choice.Name}" : "";
            text.Append($"  {field.FieldNumber} {Label(field)}{TypeName(field)} {field.Name}{oneof}\n");
        }
        foreach (var range in message.ToProto().ReservedRange.OrderBy(r => r.Start))
        {
            text.Append($"  reserved {range.Start} to {range.End - 1}\n");
        }
        return text.ToString();
    }

    private static string DescribeService(ServiceDescriptor service)
    {
        StringBuilder text = new($"service {service.FullName}\n");
        foreach (var method in service.Methods.OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            var request = (method.IsClientStreaming ? "stream " : "") + method.InputType.FullName;
            var response = (method.IsServerStreaming ? "stream " : "") + method.OutputType.FullName;
            text.Append($"  rpc {method.Name}({request}) returns ({response})\n");
        }
        return text.ToString();
    }

    private static string Label(FieldDescriptor field)
    {
        if (field.IsRepeated && !field.IsMap)
        {
            var scalar = field.FieldType is not (FieldType.Message or FieldType.Group or FieldType.String or FieldType.Bytes);
            return scalar && field.IsPacked ? "repeated packed " : "repeated ";
        }
        // proto3 spells "optional" as a oneof of one, which the generator made up.
        return field.ContainingOneof is not null && field.RealContainingOneof is null ? "optional " : "";
    }

    private static string TypeName(FieldDescriptor field)
    {
        if (field.IsMap)
        {
            var entry = field.MessageType.Fields;
            return $"map<{TypeName(entry[1])}, {TypeName(entry[2])}>";
        }
        return field.FieldType switch
        {
            FieldType.Message or FieldType.Group => field.MessageType.FullName,
            FieldType.Enum => field.EnumType.FullName,
            _ => field.FieldType.ToString().ToLowerInvariant(),
        };
    }
}
