// What is said to who uses a screen reader when something has changed: new messages, deliveries, who came and went. Pure.

import type { ContactView, Entry, GroupView, MessengerView } from "../messenger-view.ts";
import { shown } from "./shown.ts";
import { contactState, FOUND, idInGroups, isFound, nameOf } from "./words.ts";

/** So much of a text is read out; the chat has all of it. */
const READ_OUT = 200;

/** So many sentences at once; more would take longer to hear than to look up. */
const MOST = 5;

/** What is worth saying of the difference between two views, in the order of the page. */
export function announcements(before: MessengerView, after: MessengerView): string[] {
  const sentences = [
    ...after.contacts.flatMap((contact) => ofContact(before.contacts.find(same(contact)), contact)),
    ...after.groups.flatMap((group) =>
      ofGroup(
        before.groups.find((one) => one.group === group.group),
        group,
      ),
    ),
  ];
  sentences.push(...ofOwn(before.own, after.own));
  const some = sentences.slice(0, MOST).map((sentence) => shown(sentence.replace(/\s+/g, " ")));
  if (sentences.length <= MOST) return some;
  return [...some, `and ${sentences.length - MOST} more`];
}

/** Whether we can be found. What was said to be wrong does not stay the last word. */
function ofOwn(before: MessengerView["own"], after: MessengerView["own"]): string[] {
  if (after.problem !== undefined) return after.problem === before.problem ? [] : [after.problem];
  return isFound(after) && (before.problem !== undefined || !isFound(before)) ? [FOUND] : [];
}

/** Sentences one after the other, each with its end. */
export function joined(sentences: readonly string[]): string {
  const ended = sentences.map((sentence, index) =>
    index === sentences.length - 1 || /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`,
  );
  return ended.join(" ");
}

/** A contact is called by another word once their key is pinned; their id stays. */
function same(contact: ContactView): (other: ContactView) => boolean {
  return (other) => other.contact === contact.contact || other.id === contact.id;
}

function ofContact(before: ContactView | undefined, after: ContactView): string[] {
  if (before === undefined) {
    return after.isNew ? [`New contact ${idInGroups(after.id)}. Compare the numbers.`] : [];
  }
  const sentences = ofEntries(before.entries, after.entries, () => nameOf(after));
  if (after.isNew && !before.isMet) sentences.push(`${nameOf(after)} is here. Compare the numbers.`);
  if (before.state !== after.state && after.state !== "searching") {
    sentences.push(`${nameOf(after)}: ${contactState(after)}`);
  }
  if (after.problem !== undefined && after.problem !== before.problem) {
    sentences.push(`${nameOf(after)}: ${after.problem}`);
  }
  return sentences;
}

function ofGroup(before: GroupView | undefined, after: GroupView): string[] {
  if (before === undefined) return [`New group ${after.name}`];
  if (after.isRemoved && !before.isRemoved) return [`You are no longer in the group ${after.name}`];
  const memberName = (id: string) =>
    nameOf(after.members.find((member) => member.id === id) ?? { id, name: id });
  return ofEntries(before.entries, after.entries, (from) => `${memberName(from)} in ${after.name}`);
}

function ofEntries(
  before: readonly Entry[],
  after: readonly Entry[],
  senderName: (from: string) => string,
): string[] {
  if (before === after) return [];
  const known = new Map(before.map((entry) => [entry.entry, entry]));
  return after.flatMap((entry) => ofEntry(known.get(entry.entry), entry, senderName(entry.from)));
}

function ofEntry(before: Entry | undefined, after: Entry, name: string): string[] {
  const what = after.file === undefined ? shortened(after.text ?? "") : `the file ${after.file.name}`;
  if (after.from !== "me" && before === undefined) return [`${name}: ${what}`];
  if (after.file !== undefined && after.file.state === "done" && before?.file?.state === "passing") {
    return [`${what} has arrived`];
  }
  if (before === undefined || before.state === after.state) return [];
  if (after.state === "delivered") return [`Delivered: ${what}`];
  if (after.state === "dropped") return [`Not delivered: ${what}`];
  return [];
}

function shortened(text: string): string {
  return text.length <= READ_OUT ? text : `${text.slice(0, READ_OUT)}…`;
}
