internal import Synchronization

/// A flag that ends a study or a range test from outside: what is done by then is kept.
///
/// `cancel` only sets an atomic flag, so any thread and any signal handler may call it. With structured concurrency:
///
/// ```swift
/// let cancellation = Cancellation()
/// let result = try await withTaskCancellationHandler {
///   try study.run(cancellation: cancellation, objective: objective)
/// } onCancel: {
///   cancellation.cancel()
/// }
/// ```
public final class Cancellation: Sendable {
  private let flag = Atomic<Bool>(false)

  /// A flag that is not set.
  public init() {}

  /// Sets the flag. It stays set.
  public func cancel() { flag.store(true, ordering: .relaxed) }

  /// Whether the flag is set.
  public var isCancelled: Bool { flag.load(ordering: .relaxed) }
}
