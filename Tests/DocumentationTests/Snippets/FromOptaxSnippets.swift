import Descent
import Testing

/// The code of "Migrating from Optax".
@Suite struct FromOptaxSnippets {
  @Test func clippedAdamW() throws {
    let layout = try Layout.vector(3)
    // optax.chain(
    //   optax.clip_by_global_norm(1.0),
    //   optax.adamw(optax.warmup_cosine_decay_schedule(0, 1e-3, 500, 10_000), weight_decay=1e-4))
    var optimizer = try Optimizer<Float>(
      Adam(),
      learningRate: LearningRate(
        .linear(from: 0, to: 1e-3, over: 500).then(.cosine(from: 1e-3, over: 9_500))),
      clipping: .norm(1),
      weightDecay: .decoupled(1e-4),
      for: layout)
    var parameters = ParameterSet<Float>(zeros: layout)
    let report = try optimizer.step(&parameters, gradients: Bowl().gradients(at: parameters, batch: 0))
    #expect(report.learningRate == 0)
  }
}
