// Parameters that a program in C owns are stepped where they are, through its pointer, without a copy.
//     swift run -c release --package-path Examples c-array

import CChain
import Descent

let count = 30
guard let chain = chain_create(count) else { fatalError("there is no memory") }
defer { chain_destroy(chain) }

let heights = UnsafeMutableBufferPointer(start: chain_heights(chain), count: count)
let slopes = UnsafeMutableBufferPointer<Double>.allocate(capacity: count)
defer { slopes.deallocate() }

var optimizer = try Optimizer<Double>(SGD(momentum: 0.9), learningRate: 0.3, count: count)
var report: StepReport
repeat {
  let energy = chain_energy(chain, slopes.baseAddress)
  report = try optimizer.step(heights, gradient: UnsafeBufferPointer(slopes), loss: energy)
  if report.step % 200 == 1 { print("energy \(energy), \(report)") }
} while report.gradientNorm > 1e-9 && report.step < 5000

// Where it hangs is a parabola: -weight (i + 1) (count - i) / 2.
let error = heights.indices.map { abs(heights[$0] + 0.01 * Double(($0 + 1) * (count - $0)) / 2) }.max()!
print("at rest after \(report.step) steps, the middle at \(heights[count / 2]); largest error \(error)")
guard chain_heights(chain) == heights.baseAddress else { fatalError("the chain has other memory now") }
guard error < 1e-6 else { fatalError("this is not where a chain hangs") }
