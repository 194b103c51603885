namespace AdaptiveServe.Lab.Training;

/// <param name="Layers">How deep the model is while it lasts; a later stage is as deep or deeper.</param>
/// <param name="Tokens">How many it sees, the questions included.</param>
/// <param name="RowLength">Tokens of a row that chats are packed into; longer chats are left out.</param>
/// <param name="Rate">What the learning rate is multiplied with: above 1 for a last stage that must still move something.</param>
internal sealed record TrainingStage(int Layers, long Tokens, int RowLength, float Rate = 1);
