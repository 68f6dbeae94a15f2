import { computed } from '@preact/signals';
import { isSession, sessionOf } from '../../model/describe-session.ts';
import type { ActorAt } from '../../model/recording.ts';
import { createTimeline, type Timeline } from '../../model/session-timeline.ts';
import { actor, actors, isLive, moment, momentAtMs, recording, recordingEnd, server } from '../page-state.ts';
import { createClock } from '../widgets/clock.ts';

/** Whether the recording has an agent session, at any moment: without one there is no panel. */
export const hasSessions = computed(() => recording.value?.actorsAt(recordingEnd.value).some(isSession) ?? false);

/** The sessions that have begun at the moment. */
export const sessions = computed<readonly ActorAt[]>(() => actors.value.filter(isSession));

/** The session that the chosen actor is, or belongs to; null: none. */
export const session = computed<ActorAt | null>(() => {
  const byId = new Map(actors.value.map((each) => [each.sessionId, each]));
  return sessionOf(actor.value, (id) => byId.get(id) ?? null);
});

export const isRunning = computed(() => session.value?.snapshot.snapshot.status === 'active');

const events = computed(() =>
  session.value === null ? null : (recording.value?.eventsOfSession(session.value.sessionId, moment.value) ?? null),
);

export const timeline = computed<Timeline | null>(() => (events.value === null ? null : createTimeline(events.value)));

const now = createClock(1_000);

/** Up to when its calls run: the clock only runs while the session does. */
export const shownAtMs = computed(() => {
  const isPresent = isLive.value && server.value?.line?.status === 'running';
  return isPresent && isRunning.value ? now.value : (momentAtMs.value ?? 0);
});
