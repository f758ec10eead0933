// Descent in five lines: an array of one's own, moved in place.
//     swift run -c release --package-path Examples embed

import Descent

var x = [3.0, -4.0]
var optimizer = try Optimizer<Double>(SGD(), learningRate: 0.1, clipping: .norm(1), count: x.count)
for _ in 1...100 { try optimizer.step(&x, gradient: x.map { 2 * $0 }) }

print("x² from (3, -4), 100 clipped steps:", x)
guard x.allSatisfy({ abs($0) < 1e-3 }) else { fatalError("this is not the minimum") }
