using Vault.Core.Ids;
using Vault.Core.Items;
using Vault.Protocol.V1;

namespace Vault.Client.Tests.Kit;

/// <summary>What most tests need some of, and do not care about.</summary>
internal static class Samples
{
    public static GroupId Personal(TestPerson person) => person.Client.Groups.Find("personal").Id;

    public static Item Login(string title)
    {
        var item = ItemTemplates.Create(ItemType.Login, title);
        ItemTemplates.Set(item, "password", "secret");
        return item;
    }
}
