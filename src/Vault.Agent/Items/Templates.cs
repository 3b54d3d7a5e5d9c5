using Vault.Core.Items;
using Vault.Ipc.V1;

namespace Vault.Agent.Items;

/// <summary>The format's templates as the contract shows them.</summary>
internal static class Templates
{
    public static GetTemplateResponse Of(ItemType type)
    {
        var response = new GetTemplateResponse { NotesPrimary = ItemTypes.NotesAreSecret(type) };
        foreach (var field in ItemTemplates.Of(ItemTypes.ToFormat(type)))
        {
            var shown = (FieldType)field.Type;
            response.Fields.Add(new Ipc.V1.TemplateField
            {
                Id = field.Id,
                Label = field.Label,
                Type = shown,
                Concealed = FieldTypes.AreConcealed(shown),
                Primary = field.Id == ItemTypes.PrimaryField(type),
            });
        }

        return response;
    }
}
