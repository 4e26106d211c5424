// The numbers on the screens of one namespace's viewers. They fall into few groups: the connections
// that received the last notification, and those that were greeted since with a given count.

/// Connections that show the same number, or, where there are many numbers, neighbouring ones.
struct ShownGroup: Equatable {
  /// The least and the largest number.
  private(set) var numbers: ClosedRange<UInt64>

  /// The number of connections.
  private(set) var connections: UInt64

  /// The sum of the numbers of all connections.
  private(set) var sum: UInt128

  /// The mean of the numbers, rounded down.
  private(set) var mean: UInt64

  /// The largest deviation that is within `notify-delta-ratio` of the mean.
  private(set) var allowance: UInt64

  /// Connections that all show one number.
  init(_ number: UInt64, connections: UInt64, ratio: Fraction) {
    numbers = number...number
    self.connections = connections
    sum = UInt128(number) * UInt128(connections)
    mean = number
    allowance = ratio.floorOfProduct(with: number)
  }

  /// Adds a connection whose number is in `numbers`.
  mutating func add(_ number: UInt64, ratio: Fraction) {
    connections += 1
    sum += UInt128(number)
    refresh(ratio)
  }

  /// Removes a connection that was added with a number.
  mutating func remove(_ number: UInt64, ratio: Fraction) {
    connections -= 1
    sum -= UInt128(number)
    refresh(ratio)
  }

  /// Adds all connections of a group with larger numbers.
  mutating func add(_ other: ShownGroup, ratio: Fraction) {
    numbers = numbers.lowerBound...other.numbers.upperBound
    connections += other.connections
    sum += other.sum
    refresh(ratio)
  }

  private mutating func refresh(_ ratio: Fraction) {
    guard numbers.lowerBound < numbers.upperBound, connections > 0 else { return }
    mean = UInt64(clamping: sum / UInt128(connections))
    allowance = ratio.floorOfProduct(with: mean)
  }
}

/// The numbers that the open connections of a namespace show. If more than 256 numbers are on the
/// screens at one time, the nearest of them are taken as one group with their mean.
struct ShownCounts: Equatable {
  /// The connections that received the last notification.
  private(set) var told: ShownGroup

  /// The connections that were greeted since, in ascending order of their numbers.
  private(set) var greeted: ContiguousArray<ShownGroup> = []

  /// The number of connections.
  private(set) var connections: UInt64

  /// The sum of the numbers of the greeted connections.
  private var greetedSum: UInt128 = 0

  private let ratio: Fraction
  private static let maximumGroups = 256

  /// Connections that all show one number, under a `notify-delta-ratio`.
  init(_ number: UInt64 = 0, connections: UInt32 = 0, ratio: Fraction) {
    told = ShownGroup(number, connections: UInt64(connections), ratio: ratio)
    self.connections = UInt64(connections)
    self.ratio = ratio
  }

  /// The mean number, rounded to the nearest; nil without a connection.
  var mean: UInt64? {
    guard connections > 0 else { return nil }
    let sum = told.sum + greetedSum + UInt128(connections) / 2
    return UInt64(clamping: sum / UInt128(connections))
  }

  /// All connections show a number that they were just sent.
  mutating func notify(_ number: UInt64) {
    told = ShownGroup(number, connections: connections, ratio: ratio)
    greeted.removeAll(keepingCapacity: true)
    greetedSum = 0
  }

  /// Whether `notify` would change anything.
  func isChanged(by number: UInt64) -> Bool {
    !greeted.isEmpty || told.connections > 0 && told.numbers.lowerBound != number
  }

  /// Adds a connection that was greeted with a number. O(groups)
  mutating func greet(_ number: UInt64) {
    connections += 1
    greetedSum += UInt128(number)
    let place = place(of: number)
    if place < greeted.count, greeted[place].numbers.lowerBound <= number {
      greeted[place].add(number, ratio: ratio)
      return
    }
    greeted.insert(ShownGroup(number, connections: 1, ratio: ratio), at: place)
    if greeted.count > Self.maximumGroups { joinNearest() }
  }

  /// Removes a connection that received the last notification, or, where `number` is given, one
  /// that was greeted with that since. O(groups)
  mutating func leave(_ number: UInt64?) {
    connections -= 1
    guard let number else {
      told.remove(told.numbers.lowerBound, ratio: ratio)
      return
    }
    greetedSum -= UInt128(number)
    let place = place(of: number)
    greeted[place].remove(number, ratio: ratio)
    if greeted[place].connections == 0 { greeted.remove(at: place) }
  }

  /// The first group with numbers that are not all smaller.
  private func place(of number: UInt64) -> Int {
    var (low, high) = (0, greeted.count)
    while low < high {
      let middle = (low + high) / 2
      if greeted[middle].numbers.upperBound < number { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Joins the two neighbouring groups that together have the least range of numbers.
  private mutating func joinNearest() {
    var (best, minimumRange) = (0, UInt64.max)
    for place in 1..<greeted.count {
      let range = greeted[place].numbers.upperBound - greeted[place - 1].numbers.lowerBound
      if range < minimumRange { (best, minimumRange) = (place - 1, range) }
    }
    greeted[best].add(greeted[best + 1], ratio: ratio)
    greeted.remove(at: best + 1)
  }
}
