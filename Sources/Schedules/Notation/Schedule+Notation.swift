extension Schedule {
  /// The schedule that a text stands for.
  ///
  ///     warmup(500) then cosine(0.1 -> 0, 9500)
  ///     0.1 for 30 then 0.01 for 30 then 0.001
  ///     0.5 * max(timeBased(0.1, decay 1e-3), 0.001)
  ///     per epoch 391: warmup(5) then polynomial(0.1 -> 0, 85, power 2)
  ///
  /// The grammar, with words and signs in quotes, `[ ]` around what may be missing and `{ }` around what may be repeated:
  ///
  ///     schedule = part { "then" part }
  ///     part     = product [ "for" number ]             for so many steps, instead of to its end; not the last part
  ///     product  = operand { "*" operand }
  ///     operand  = number | call | "(" schedule ")" | "per" "epoch" number ":" schedule
  ///     call     = name "(" [ argument { "," argument } ] ")"
  ///     argument = [ name [ ":" | "=" ] ] value [ "->" value ]
  ///     value    = schedule | word | "[" [ value { "," value } ] "]"
  ///     number   = [ "-" ] ( digits with "_" between them, fraction, exponent, "k" or "M" | "inf" | "nan" )
  ///
  /// - Calls: every kind of schedule can be called by the name under which it is saved; `repeat`, `shift`, `clamp`,
  ///   `min` and `max` are short for `repeating`, `shifted`, `clamped`, `minimum` and `maximum`. The arguments are the
  ///   parameters of the factory of that name, with its defaults. Those without a default may stand without a name, in
  ///   the factory's order; the others need theirs: `power 2`, `power: 2` or `power=2`. `a -> b` is a value and, as a
  ///   second argument, the parameter `to`. What is true or false is true if its name is there: `staircase`.
  /// - Warm-up: where a warm-up stands before `then` and its `to` is missing, it rises to the first value of what
  ///   follows.
  /// - Operators: `a then b` is ``then(_:)``, `a for n then b` is ``then(_:after:)``, `x * a` with a number x is
  ///   ``scaled(by:)``, `a * b` is ``product(_:_:)``, `per epoch n: a` is ``perEpoch(of:)`` and reaches as far as it
  ///   can. In `a then b then c` each part has the steps that it takes, or its own `for`.
  /// - Numbers: `0.1`, `.1`, `1e-3`, `3_000`, `10k` (10,000), `2M` (2,000,000), `inf`. A number of steps may be written
  ///   in any of these ways and must be whole. A number on its own is a constant.
  /// - Limits: no trap on any text; a schedule that is nested more than 100 deep is refused, where `a then b then c`
  ///   counts as 3.
  ///
  /// What ``description`` prints can be read too.
  ///
  /// - Parameters:
  ///   - notation: the text; spaces and line breaks only separate.
  ///   - validating: whether parameters that ``validate()`` refuses are refused here too, with their place in the text.
  ///     Without it every ``notation`` can be read back, that of an invalid schedule too.
  /// - Throws: what was found, what was expected, and where.
  public init(notation: String, validating: Bool = true) throws(NotationError) {
    do throws(NotationFault) {
      var parser = NotationParser(notation)
      self = try NotationReader(isValidating: validating).schedule(try parser.parse())
    } catch {
      throw NotationError(error, in: notation)
    }
  }

  /// The schedule as a text that ``init(notation:validating:)`` reads back, equal in every bit.
  ///
  /// One schedule has one such text: without the parameters that have their default, except `to`, with names for all
  /// but the first parameter, inner schedules and a length called `over`.
  ///
  /// A closure has none: a schedule that contains ``custom(_:_:)`` is written with its name, and that cannot be read.
  /// NaN comes back as NaN, which no value equals.
  public var notation: String {
    kind.notation(before: nil).text
  }
}
