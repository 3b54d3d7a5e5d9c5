using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Vault.Tidy.Tests;

/// <summary>
/// What a compiled assembly refers to, read from its metadata without loading it. Each reference is attributed to the
/// outermost type that makes it, in a signature, a base type, an attribute or the body of a method. A function that is called in
/// a native library stands there as <c>library!function</c>.
/// </summary>
internal sealed class CompiledReferences
{
    /// <summary><paramref name="From"/> is empty where the module names a type that no code of its own was seen to use.</summary>
    public readonly record struct Use(string From, string To);

    private static readonly Dictionary<int, OperandType> s_operands = typeof(OpCodes).GetFields()
        .Select(f => (OpCode)f.GetValue(null)!)
        .ToDictionary(o => (int)(ushort)o.Value, o => o.OperandType);

    private readonly MetadataReader _metadata;
    private readonly HashSet<Use> _uses = [];
    private readonly Names _names;

    private CompiledReferences(PEReader image)
    {
        _metadata = image.GetMetadataReader();
        _names = new Names();
        foreach (var handle in _metadata.TypeDefinitions)
        {
            ReadType(image, _metadata.GetTypeDefinition(handle), Outermost(handle));
        }
        var seen = _uses.Select(u => u.To).ToHashSet();
        foreach (var handle in _metadata.TypeReferences)
        {
            var name = _names.GetTypeFromReference(_metadata, handle, 0).Single();
            if (!seen.Contains(name))
            {
                _uses.Add(new Use("", name));
            }
        }
        Assemblies = [.. _metadata.AssemblyReferences.Select(h => _metadata.GetString(_metadata.GetAssemblyReference(h).Name))];
    }

    public IReadOnlyCollection<Use> Uses => _uses;

    public ImmutableArray<string> Assemblies { get; }

    public static CompiledReferences Read(string path)
    {
        using var stream = File.OpenRead(path);
        using var image = new PEReader(stream, PEStreamOptions.PrefetchEntireImage);
        return new CompiledReferences(image);
    }

    private void ReadType(PEReader image, TypeDefinition type, string from)
    {
        Add(from, type.BaseType);
        foreach (var handle in type.GetInterfaceImplementations())
        {
            Add(from, _metadata.GetInterfaceImplementation(handle).Interface);
        }
        foreach (var handle in type.GetCustomAttributes())
        {
            Add(from, _metadata.GetCustomAttribute(handle).Constructor);
        }
        foreach (var handle in type.GetFields())
        {
            Add(from, _metadata.GetFieldDefinition(handle).DecodeSignature(_names, null));
        }
        foreach (var handle in type.GetMethods())
        {
            var method = _metadata.GetMethodDefinition(handle);
            Add(from, method.DecodeSignature(_names, null));
            if (method.Attributes.HasFlag(System.Reflection.MethodAttributes.PinvokeImpl))
            {
                var import = method.GetImport();
                var library = _metadata.GetString(_metadata.GetModuleReference(import.Module).Name);
                _uses.Add(new Use(from, $"{library}!{_metadata.GetString(import.Name)}"));
            }
            if (method.RelativeVirtualAddress != 0)
            {
                ReadBody(image.GetMethodBody(method.RelativeVirtualAddress), from);
            }
        }
    }

    private void ReadBody(MethodBodyBlock body, string from)
    {
        if (!body.LocalSignature.IsNil)
        {
            var locals = _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_names, null);
            foreach (var local in locals)
            {
                Add(from, local);
            }
        }
        foreach (var region in body.ExceptionRegions)
        {
            Add(from, region.CatchType);
        }
        var code = body.GetILReader();
        while (code.RemainingBytes > 0)
        {
            int value = code.ReadByte();
            if (value == 0xFE)
            {
                value = 0xFE00 | code.ReadByte();
            }
            switch (s_operands[value])
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    Add(from, MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += 4 * targets;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.Offset += 8;
                    break;
                case OperandType.InlineBrTarget or OperandType.InlineI or OperandType.InlineSig or OperandType.InlineString or OperandType.ShortInlineR:
                    code.Offset += 4;
                    break;
                case OperandType.InlineVar:
                    code.Offset += 2;
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.Offset += 1;
                    break;
                default:
                    break;
            }
        }
    }

    private void Add(string from, EntityHandle handle)
    {
        if (handle.IsNil)
        {
            return;
        }
        switch (handle.Kind)
        {
            case HandleKind.TypeReference:
                Add(from, _names.GetTypeFromReference(_metadata, (TypeReferenceHandle)handle, 0));
                break;
            case HandleKind.TypeSpecification:
                Add(from, _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(_names, null));
                break;
            case HandleKind.MethodSpecification:
                var generic = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                Add(from, generic.Method);
                foreach (var argument in generic.DecodeSignature(_names, null))
                {
                    Add(from, argument);
                }
                break;
            case HandleKind.MemberReference:
                var member = _metadata.GetMemberReference((MemberReferenceHandle)handle);
                Add(from, member.Parent);
                if (member.GetKind() == MemberReferenceKind.Method)
                {
                    Add(from, member.DecodeMethodSignature(_names, null));
                }
                else
                {
                    Add(from, member.DecodeFieldSignature(_names, null));
                }
                break;
            default:
                break; // A definition of this module: its own uses are read where it is defined.
        }
    }

    private void Add(string from, MethodSignature<ImmutableArray<string>> signature)
    {
        Add(from, signature.ReturnType);
        foreach (var parameter in signature.ParameterTypes)
        {
            Add(from, parameter);
        }
    }

    private void Add(string from, ImmutableArray<string> names)
    {
        foreach (var name in names)
        {
            _uses.Add(new Use(from, name));
        }
    }

    private string Outermost(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        while (!type.GetDeclaringType().IsNil)
        {
            type = _metadata.GetTypeDefinition(type.GetDeclaringType());
        }
        var space = _metadata.GetString(type.Namespace);
        var name = _metadata.GetString(type.Name);
        return space.Length == 0 ? name : $"{space}.{name}";
    }

    /// <summary>Every type reference inside a signature, by full name; definitions of the module itself count for nothing.</summary>
    private sealed class Names : ISignatureTypeProvider<ImmutableArray<string>, object?>
    {
        public ImmutableArray<string> GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
        {
            var type = reader.GetTypeReference(handle);
            var name = reader.GetString(type.Name);
            if (type.ResolutionScope.Kind == HandleKind.TypeReference)
            {
                return [GetTypeFromReference(reader, (TypeReferenceHandle)type.ResolutionScope, 0).Single() + "+" + name];
            }
            var space = reader.GetString(type.Namespace);
            return [space.Length == 0 ? name : $"{space}.{name}"];
        }

        public ImmutableArray<string> GetTypeFromSpecification(MetadataReader reader, object? context, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, context);

        public ImmutableArray<string> GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => [];

        public ImmutableArray<string> GetPrimitiveType(PrimitiveTypeCode typeCode) => [];

        public ImmutableArray<string> GetGenericMethodParameter(object? genericContext, int index) => [];

        public ImmutableArray<string> GetGenericTypeParameter(object? genericContext, int index) => [];

        public ImmutableArray<string> GetArrayType(ImmutableArray<string> elementType, ArrayShape shape) => elementType;

        public ImmutableArray<string> GetByReferenceType(ImmutableArray<string> elementType) => elementType;

        public ImmutableArray<string> GetPinnedType(ImmutableArray<string> elementType) => elementType;

        public ImmutableArray<string> GetPointerType(ImmutableArray<string> elementType) => elementType;

        public ImmutableArray<string> GetSZArrayType(ImmutableArray<string> elementType) => elementType;

        public ImmutableArray<string> GetModifiedType(ImmutableArray<string> modifier, ImmutableArray<string> unmodifiedType, bool isRequired) =>
            [.. modifier, .. unmodifiedType];

        public ImmutableArray<string> GetGenericInstantiation(ImmutableArray<string> genericType, ImmutableArray<ImmutableArray<string>> typeArguments) =>
            [.. genericType, .. typeArguments.SelectMany(a => a)];

        public ImmutableArray<string> GetFunctionPointerType(MethodSignature<ImmutableArray<string>> signature) =>
            [.. signature.ReturnType, .. signature.ParameterTypes.SelectMany(p => p)];
    }
}
