// Dates of the Gregorian calendar, computed without a library.

/// A date of the Gregorian calendar from 1 January 1970 on.
struct CivilDate: Equatable {
  /// The year, at least 1970.
  let year: UInt64

  /// The month, 1 to 12.
  let month: UInt64

  /// The day of the month, 1 to 31.
  let day: UInt64

  // Years begin in March here, so that the leap day is the last of a year, and form eras of 400
  // years with 146,097 days each. The UNIX epoch is day 719,468 since 1 March of the year 0.
  private static let epoch: UInt64 = 719_468
  private static let daysOfEra: UInt64 = 146_097

  /// The date of a day since the UNIX epoch.
  init(daysSinceEpoch: UInt64) {
    let days = daysSinceEpoch + Self.epoch
    let era = days / Self.daysOfEra
    let dayOfEra = days % Self.daysOfEra
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  }

  /// A date of the years 1970 to 9999; nil if the calendar does not have it.
  init?(year: UInt64, month: UInt64, day: UInt64) {
    guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
      return nil
    }
    (self.year, self.month, self.day) = (year, month, day)
    // The day after the last of a month is the first of the next one.
    guard Self(daysSinceEpoch: daysSinceEpoch) == self else { return nil }
  }

  /// The days since the UNIX epoch.
  var daysSinceEpoch: UInt64 {
    let yearFromMarch = month <= 2 ? year - 1 : year
    let monthFromMarch = month <= 2 ? month + 9 : month - 3
    let yearOfEra = yearFromMarch % 400
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return yearFromMarch / 400 * Self.daysOfEra + dayOfEra - Self.epoch
  }
}
