import Descent
import Testing

/// The code of "Migrating from PyTorch".
@Suite struct FromPyTorchSnippets {
  @Test func clippedAdamW() throws {
    let layout = try Layout.vector(3)
    // torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
    // torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    // torch.optim.lr_scheduler.LinearLR and CosineAnnealingLR in a SequentialLR
    var optimizer = try Optimizer<Float>(
      Adam(),
      learningRate: LearningRate(
        .warmup(to: 1e-3, over: 500, startFactor: 0.1).then(.cosine(from: 1e-3, over: 9_500))),
      clipping: .norm(1),
      weightDecay: .decoupled(0.01),
      for: layout)
    var parameters = ParameterSet<Float>(zeros: layout)
    let report = try optimizer.step(&parameters, gradients: Bowl().gradients(at: parameters, batch: 0))
    #expect(abs(report.learningRate - 1e-4) < 1e-12)
  }
}
