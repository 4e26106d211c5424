// The wrong rules of canaries.

/// A rule that is wrong.
package enum MeterFault: String, CaseIterable, Sendable {
  /// Pending connections are counted at once.
  case countsPending

  /// A greeting does not include the pending newcomer.
  case greetsWithoutNewcomer

  /// Every notification is a nanosecond late.
  case notifiesLate

  /// Ratios are rounded to one decimal.
  case roundsRatio

  /// There is no notification after the max delay.
  case ignoresMaxDelay

  /// Deadlines fire at the next event, with its instant.
  case firesAtEvents

  /// Plain requests exclude no viewer.
  case ignoresExclusion

  /// A connection that its id's holder excluded is not refused.
  case admitsStopped

  /// Of the connections that were excluded for a viewer id, the first is remembered instead of the
  /// newest.
  case remembersFirst

  /// A connection that was excluded before the newest one is not refused.
  case admitsOlder

  /// What is remembered for a viewer id is forgotten when the last connection with the id leaves;
  /// never.
  case forgetsWithHolder, remembersTooLong

  /// A plain request does not end what is remembered for a viewer id.
  case remembersAfterRequest

  /// A viewer id may have many connections.
  case ignoresViewers

  /// A node's goodbye has no effect.
  case ignoresGoodbye

  /// A report of 0 has no effect, so the former count stays.
  case ignoresZero

  /// An external count of 0 has no effect.
  case ignoresExternalZero

  /// External counts are forgotten a nanosecond late; never.
  case keepsExternalLonger, keepsExternal

  /// A namespace may have 17 sources of external counts.
  case admitsSource17

  /// A namespace may keep the messages of 17 services; a byte of text too much; what a text
  /// replaces is counted too.
  case admitsService17, admitsTooManyBytes, countsReplacedText

  /// An empty text does not end the keeping; an empty text is sent.
  case keepsAfterEmptyText, sendsEmptyText

  /// A message that is rejected is sent all the same.
  case sendsRejected

  /// Services are in the order of their last messages.
  case ordersByLast

  /// What is kept outlives its namespace.
  case keepsOverRetirement

  /// What is kept is sent before the greeting.
  case sendsBeforeGreeting

  /// The limit of connections is one too high.
  case exceedsLimit

  /// A connection that is refused at a limit excludes the holder of its viewer id all the same.
  case excludesForRefused

  /// Empty namespaces are never retired (the first defect of ORIGINAL.md).
  case retiresNothing

  /// The peak is the present number of members.
  case forgetsPeak

  /// The instant of the peak is that of the last notification.
  case datesPeakByNotification

  /// The member seconds are those of the present members since the creation.
  case weighsPresentMembers

  /// A close is lost now and then, so that the count is too high (the fifth defect of ORIGINAL.md).
  case losesCloses

  /// Grace ends a nanosecond late.
  case endsGraceLate

  /// Young viewers get the grace of old ones; the grace that their age gives, rounded up.
  case givesFullGrace, roundsGraceUp

  /// Pending viewers get grace, at a close; at a restart or a cut.
  case givesPendingGrace, returnsPending

  /// A viewer whose stream ended at its maximum duration gets no grace.
  case givesExpiredNoGrace

  /// A viewer that a plain request excluded gets grace.
  case givesExcludedGrace

  /// More viewers than connections may have grace.
  case exceedsGraceLimit

  /// A stream that resumes another one has a new viewer; one that supersedes another one.
  case countsResumedAnew, countsSupersededAnew

  /// A stream supersedes one of another namespace; one with another viewer id or none.
  case resumesElsewhere, resumesAnotherID

  /// A stream can be resumed again after it was: its id serves twice.
  case servesTwice

  /// A stream that comes after the holder of its viewer id excludes it.
  case excludesSuperseded

  /// A leaving viewer with a viewer id is not resumed.
  case countsLeavingIDAnew

  /// What is remembered for a viewer id is lost when it opens in another namespace.
  case passesNothingOn

  /// Each stream with a shared viewer id is counted.
  case countsTabs

  /// Pings end a nanosecond late.
  case endsPingsLate

  /// One viewer too many may ping.
  case exceedsPingLimit

  /// A viewer who pings is counted at once.
  case countsPingsAtOnce

  /// The answer to a ping does not include the pending viewer.
  case answersWithoutPinger

  /// Leaving has no effect; it ends a viewer who has open streams, too.
  case ignoresLeave, leavesWithStreams

  /// Observers are counted.
  case countsObservers

  /// A namespace without members is not notified, whoever observes it.
  case forgetsObservers

  /// A cut has no effect; a restart.
  case ignoresCut, ignoresRestart

  /// A viewer whose stream was cut has the grace of a close; one whose stream is gone at a restart.
  case cutsLikeCloses, restartsLikeCloses

  /// A restart ends pings.
  case endsPingsAtRestart

  /// An arriving stream's greeting includes itself.
  case greetsArrivingWithItself

  /// Another node's viewer is waited for a nanosecond too long; anew by a stream in the place of
  /// another.
  case endsArrivalLate, startsArrivalAnew

  /// A viewer who arrived counts as a new connection; is as old as the stream.
  case countsArrivedAnew, agesArrivedSinceOpen

  /// A viewer who arrived is still part of the other node's members.
  case lowersNothing

  /// A viewer who moved away gets grace; is not part of the other node's members.
  case givesMovedGrace, raisesNothing

  /// A move to another node renews what that node said.
  case renewsRaised

  /// A move between two other nodes has no effect.
  case ignoresTransfer
}
