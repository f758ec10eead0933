// A rule from a module of one's own keeps the promises of the built-in ones: a resumed run and any number of threads have
// the same bits.     swift run -c release --package-path Examples own-rule

import Descent
import SignDescent

let count = 100_000
let steps = 100

/// An optimizer on so many threads.
func makeOptimizer(threads: Int) throws -> Optimizer<Float> {
  try Optimizer(
    SignDescent(momentum: 0.8), learningRate: LearningRate(.linear(from: 0.1, to: 0, over: steps)), clipping: .norm(1),
    options: ExecutionOptions(threads: threads), count: count)
}

/// Steps down Σ i x², from threes.
func descend(_ x: inout [Float], _ optimizer: inout Optimizer<Float>, steps: Int) throws {
  for _ in 0..<steps {
    let gradient = x.indices.map { Float($0 + 1) * x[$0] }
    try optimizer.step(&x, gradient: gradient)
  }
}

var unbroken = [Float](repeating: 3, count: count)
var optimizer = try makeOptimizer(threads: 1)
try descend(&unbroken, &optimizer, steps: steps)
let distance = unbroken.reduce(0) { max($0, abs($1)) }
print("from 3 to", distance, "in \(steps) steps by signs")
guard distance < 0.1 else { fatalError("this is not the minimum") }

var threaded = [Float](repeating: 3, count: count)
optimizer = try makeOptimizer(threads: 4)
try descend(&threaded, &optimizer, steps: steps)
guard threaded == unbroken else { fatalError("threads changed the result") }
print("4 threads: the same bits as 1")

var resumed = [Float](repeating: 3, count: count)
var first = try makeOptimizer(threads: 2)
try descend(&resumed, &first, steps: 37)
let checkpoint = try first.state()
var second = try makeOptimizer(threads: 2)
try second.load(checkpoint)
try descend(&resumed, &second, steps: steps - 37)
guard resumed == unbroken else { fatalError("the resumed run went elsewhere") }
print("resumed after step 37, from a state with", checkpoint.slots.keys.sorted(), "of the rule", checkpoint.head.rule)

do {
  _ = try Optimizer<Float>(SignDescent(momentum: 1), learningRate: 0.1, count: 1)
  fatalError("a momentum of 1 was accepted")
} catch { print("refused:", error) }
