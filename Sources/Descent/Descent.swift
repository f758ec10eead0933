@_exported public import Optimizers
@_exported public import Schedules
@_exported public import Tensors
@_exported public import Tuning
