// Half of tests/judges/invitations: calendar files come in as JSON [[name, text]], what they say goes out as JSON [[name, [finding], {…}]].
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const packages = createRequire(join(process.argv[2], 'package.json'));
const { default: ICAL } = await import(packages.resolve('ical.js'));

const shown = (time) => time.toJSDate().toISOString().replace('.000Z', 'Z');

function read(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const all = calendar.getAllSubcomponents();
  const findings = all.length === 1 && all[0].name === 'vevent' ? [] : [`holds ${all.map((one) => one.name)}`];
  const event = all[0];
  const value = (name) => event.getFirstPropertyValue(name) ?? null;
  const attendees = event.getAllProperties('attendee');
  if (attendees.length > 1) findings.push('invites more than one');
  const known = ['UID', 'DTSTAMP', 'SEQUENCE', 'DTSTART', 'DTEND', 'SUMMARY', 'LOCATION', 'DESCRIPTION', 'CONFERENCE', 'STATUS', 'TRANSP',
    'ORGANIZER', 'ATTENDEE', 'X-MICROSOFT-DISALLOW-COUNTER'];
  for (const property of event.getAllProperties()) {
    if (!known.includes(property.name.toUpperCase())) findings.push(`has ${property.name}`);
  }
  const times = ['dtstamp', 'dtstart', 'dtend'].map(value);
  for (const time of times) if (time.zone !== ICAL.Timezone.utcTimezone) findings.push(`${time} is not in UTC`);
  return [findings, {
    method: calendar.getFirstPropertyValue('method') ?? null,
    uid: value('uid'),
    sequence: value('sequence'),
    stamp: shown(times[0]),
    start: shown(times[1]),
    end: shown(times[2]),
    summary: value('summary'),
    description: value('description'),
    location: value('location'),
    status: value('status'),
    organizer: value('organizer'),
    attendee: value('attendee'),
    name: attendees.length ? attendees[0].getParameter('cn') ?? '' : null,
    conference: value('conference'),
    alarms: event.getAllSubcomponents('valarm').map((alarm) => -alarm.getFirstPropertyValue('trigger').toSeconds() / 60),
  }];
}

const out = JSON.parse(readFileSync(0, 'utf8')).map(([name, text]) => {
  try {
    return [name, ...read(text)];
  } catch (error) {
    return [name, [`cannot be read: ${error}`], {}];
  }
});
process.stdout.write(JSON.stringify(out));
