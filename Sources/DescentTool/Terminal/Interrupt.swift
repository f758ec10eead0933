internal import Descent
internal import Foundation

/// Ctrl-C, and a polite kill: the first ends what is under way at the next opportunity, the second ends the program.
enum Interrupt {
  /// Set by the signal.
  static let cancellation = Cancellation()

  /// Begins to listen. A handler belongs to the whole process: only the command may have one.
  static func listen() {
    // Made here, because a handler must not be what allocates it.
    _ = cancellation
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&signals, number)
      signal(number) { _ in
        Interrupt.cancellation.cancel()
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
      }
    }
    // A parent that blocks signals hands that on.
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}
