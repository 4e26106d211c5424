// Milestones: states that simulations must reach. If one is never reached, a rule is not tested.

/// A state that a run reached.
package enum Milestone: Int, CaseIterable, Hashable, Sendable {
  case greeted, messaged, retired, expired, excluded, stopped
  case rejectedOpen, rejectedClose, rejectedPastLimit, rejectedOutOfRange

  /// A connection was refused at the limit of connections, or of namespaces.
  case fullOfConnections, fullOfNamespaces

  /// A connection that was refused at a limit would have excluded another, which stayed.
  case refusedWithoutExclusion

  /// A connection was refused that opened before the newest one that was excluded for its viewer
  /// id; one was refused although the connection that had excluded it had left, and another one had
  /// taken the id.
  case stoppedOlder, stoppedAfterReturn

  /// A connection came after the open one with its viewer id. A plain request came after the last
  /// connection with a viewer id had left, while one was remembered for it.
  case replacedByItself, forgottenByRequest

  /// A connection was refused because of one that was excluded in another namespace.
  case stoppedAfterMove

  /// A connection excluded another in the same namespace, in another one. A plain request ended a
  /// leaving viewer. The id of one opened in another namespace.
  case excludedInPlace, excludedElsewhere, leavingExcluded, leavingWentElsewhere

  /// A notification followed an event at once.
  case toldByEvent

  /// A change was notified when the min delay was over.
  case toldAfterMinDelay

  /// The max delay was over, and a notification followed; nothing had changed.
  case toldAfterMaxDelay, toldUnchanged

  /// A notification followed although only greetings had changed since the last one.
  case toldForGreeting

  /// A notification with the maximum count.
  case toldSaturated

  /// Notifications of at least three namespaces at one instant.
  case manyToldAtOnce

  /// A connection that excluded another was excluded in turn.
  case excludedInChain

  /// A connection closed before it was counted; the maximum duration of one ended before it was
  /// counted.
  case closedPending, expiredPending

  /// The maximum duration of a connection ended at the instant at which another was counted.
  case expiredAtIncrement

  /// A connection id opened again before the close of its former connection, which the meter had
  /// ended.
  case reopenedBeforeClose

  /// A connection opened, or another node reported, shortly before a namespace was to be retired.
  case retirementCancelled

  /// The last count of a namespace was forgotten because its node was silent; because its node
  /// left, in several namespaces at once.
  case remoteExpiredToZero, goodbyeEmptiedSeveral

  /// The report of another node created a namespace.
  case createdByPeer

  /// The first connection on this node was greeted with members of other nodes.
  case greetedByOthersOnly

  /// An external count created a namespace; one was forgotten by a count of 0, and by its timeout;
  /// by that at an instant at which the max delay of its namespace was over.
  case createdByExternal, externalEnded, externalExpired, externalExpiredAtNotification

  /// An external count was rejected because its source was the 17th, or because it would have
  /// created a namespace past the limit.
  case rejectedSource, externalPastLimit

  /// A connection was sent a kept message after its greeting; at least three of them.
  case sentKept, sentSeveralKept

  /// A message was retained in place of one that was not the newest; one ended the keeping; one was
  /// retained in a namespace that does not exist; a namespace retired that kept one.
  case retainedAnew, retentionEnded, retainedNowhere, retiredKept

  /// A retained message was rejected because its service was the 17th, or because of the bytes.
  case rejectedService, rejectedText

  /// The members reached their peak again; they reached a peak without a stream on this node.
  case peakReachedAgain, peakWithoutStreams

  /// A member left with the full grace, with some steps of it, without any because it was young,
  /// and because as many as may have grace had it.
  case leftWithFullGrace, leftWithStep, leftYoung, gracePastLimit

  /// A grace was over and ended its viewer, without an id and with one; it ended no viewer because
  /// that pinged.
  case graceRanOut, namedGraceRanOut, graceRanOutPinging

  /// A grace was over at the instant of an increment, or of the max delay.
  case departedAtIncrement, departedAtNotification

  /// The maximum duration of a member ended, and it got grace; that of an arriving stream ended,
  /// and of an observer.
  case expiredIntoGrace, expiredArriving, expiredObserver

  /// A stream resumed a viewer that was leaving, and one that was returning, by the stream that it
  /// came after, and by its viewer id.
  case resumedLeaving, resumedReturning, resumedLeavingById, resumedReturningById

  /// A stream superseded that of a pending viewer, of a member, an arriving one. A viewer was
  /// counted whose stream had been superseded.
  case supersededPending, supersededMember, supersededArriving, supersededCounted

  /// A stream came after an open one of another namespace or viewer id, after an observer, and
  /// after that of a viewer who was leaving in another namespace.
  case cameAfterOther, cameAfterObserver, cameAfterLeftElsewhere

  /// A stream took the place of another at the limit of connections; one that would have resumed a
  /// viewer was refused at a limit.
  case replacedAtLimit, refusedWithoutResumption

  /// A shared viewer id got a second stream, as a member and while pending; one of several closed;
  /// one was superseded. One id was in two namespaces.
  case secondTab, secondTabPending, tabClosed, tabSuperseded, sharedTwice

  /// A ping made a viewer, was renewed, was of a viewer with streams, of a leaving one, of a
  /// pending one. A viewer was counted by pings alone.
  case pingedNew, pingRenewed, pingedOpen, pingedLeaving, pingedPending, countedByPing

  /// A stream opened for a viewer who had only pinged; the last one of a viewer who pings closed.
  case openedWhilePinging, closedWhilePinging

  /// A ping ended, and its viewer with it; the viewer was pending; something else kept it.
  case pingEnded, pingEndedPending, pingEndedOfKept

  /// A viewer left and was gone; had grace; was pending; had streams and stayed; was unknown.
  case leaveEnded, leaveEndedGrace, leaveEndedPending, leaveOfOpen, leftUnknown

  /// A ping or a leave was rejected because ids are not shared, a ping at the limit of pings or of
  /// namespaces.
  case rejectedPing, rejectedLeave, pingPastLimit, pingPastNamespaces

  /// An observer was greeted; observers were notified of 0 members.
  case observerGreeted, observersToldZero

  /// The daemon cut the last stream of a member, of a pending viewer, of one who pings, one that
  /// was gone. A member got no grace because the delay is 0, or because of the limit.
  case cutMember, cutPending, cutPinging, cutOfGone, cutWithoutGrace, returnPastLimit

  /// The daemon began anew with several streams, with several of one viewer, with an observer, with
  /// a viewer who had grace. A viewer did not return.
  case restarted, restartedTabs, restartedObserver, restartedLeaving, returnRanOut

  /// An arriving stream got its viewer from another node, also one that had superseded another; it
  /// got a new one when its time was over. The other node gave a viewer for a stream that was not
  /// arriving.
  case arrived, arrivedForOther, arrivedByTime, arrivedForNothing

  /// Another node took the viewer of a member's stream, of a pending viewer's, of an arriving one,
  /// of a leaving viewer, of a returning one; of a stream that was gone, and of one whose viewer
  /// cannot move.
  case movedMember, movedPending, movedArriving, movedLeaving, movedReturning
  case movedGone, movedForNothing

  /// A viewer moved between two other nodes. The node from which one moved had said nothing, that
  /// to which it moved had not, and the first has said 0 since.
  case transferred, moveFromNobody, moveToNobody, reportEmptiedByMove
}
