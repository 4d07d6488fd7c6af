using FederatedSegmentation.Model.Definition;
using FederatedSegmentation.Model.Entities;

namespace FederatedSegmentation.Planning.Resolution;

/// <summary>Finds the column that says when the rows at the end of a path happened.</summary>
internal static class EventTimes
{
    /// <summary>The time column of an entity, or null: after a report where the entity has none, in silence where the entity is unknown.</summary>
    public static Column? Find(Entity? entity, DocumentPlace place, SegmentContext context)
    {
        if (entity is { Time: null })
        {
            context.Problems.Add("SDL013", place, $"Entity '{entity}' has no time, so its rows have no order.", "Declare its time in the model.");
        }

        return entity?.Time;
    }
}
