// A network of two layers reads handwritten digits: Network.swift is its gradient, this the training by AdamW.
//     swift run -c release --package-path Examples network

import Descent
import Problems

let file = #filePath.replacing("Sources/network/main.swift", with: "Data/digits.csv")
let digits = try Dataset(contentsOfCSV: file).split(every: 5)
let scale = try Standardisation(fitting: digits.training)
let (training, test) = (try scale.applied(to: digits.training), try scale.applied(to: digits.test))

/// Rows as a matrix, and their classes.
func batch(_ data: Dataset, _ rows: some Collection<Int>) -> (x: [Float], labels: [Int]) {
  (rows.flatMap { row in data.row(row).map { Float($0) } }, rows.map { Int(data.targets[$0]) })
}

let (batchSize, epochs) = (64, 40)
let steps = epochs * (training.rowCount / batchSize)
var network = try Network(inputs: 64, hidden: 128, classes: 10, seed: 1)
let layout = network.parameters.layout
var optimizer = try Optimizer<Float>(
  Adam(), learningRate: LearningRate(.warmup(to: 3e-3, over: 50).then(.cosine(from: 3e-3, over: steps - 50))),
  clipping: .norm(1), weightDecay: .decoupled(0.1),
  groups: [ParameterGroup("biases", of: layout, weightDecay: WeightDecay.none) { ["a", "b"].contains($0) }],
  for: layout)

var order = RowOrder(rowCount: training.rowCount, seed: 1)
for epoch in 1...epochs {
  order.shuffle(epoch: UInt64(epoch))
  for start in stride(from: 0, through: training.rowCount - batchSize, by: batchSize) {
    let (x, labels) = batch(training, order.rows[start..<start + batchSize])
    let loss = try network.backward(x, labels: labels)
    let report = try optimizer.step(&network.parameters, gradients: network.gradients, loss: loss)
    if start == 0, epoch % 10 == 1 { print("epoch \(epoch), loss \(loss), \(report)") }
  }
}

let (x, labels) = batch(test, 0..<test.rowCount)
let scores = try network.forward(x).scores
let correct = labels.indices.count { row in
  let scores = scores[row * network.classes..<(row + 1) * network.classes]
  return scores[scores.startIndex + labels[row]] == scores.max()
}
print("\(correct) of \(labels.count) test digits are right, \(Double(1000 * correct / labels.count) / 10) %")
guard 1000 * correct >= 965 * labels.count else { fatalError("that is too few") }
