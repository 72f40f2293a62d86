//! How a conversation lies in its row: what was handed in, written once, and what has become of it, written with each event.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::conversation::{
    AskedBack, Batch, Chase, Conversation, Correction, Deadlines, Driver, Elsewhere, NamedZone, Ordered, Parked, Party, Policy, Press,
    Proposed, Submission, Unheard, Written,
};
use crate::model::{Address, ConversationId, SubmissionId};

/// `batches.handed_in`.
#[derive(Serialize, Deserialize)]
struct HandedIn<'a> {
    batch: Cow<'a, Batch>,
    policy: Cow<'a, Policy>,
}

/// `batches.state`: everything that an event may change.
#[derive(Serialize, Deserialize)]
struct State<'a> {
    submissions: Cow<'a, [Submission]>,
    driver: Driver,
    chase: Cow<'a, Chase>,
    deadlines: Cow<'a, Deadlines>,
    generation: u32,
    unclear_running: u8,
    #[serde(default)]
    asked_back: Cow<'a, Option<AskedBack>>,
    parked: Cow<'a, [Parked]>,
    presses: Cow<'a, [Press]>,
    unacknowledged: Cow<'a, [SubmissionId]>,
    #[serde(default)]
    unheard: Cow<'a, [Unheard]>,
    written: Cow<'a, Written>,
    client_unreachable: bool,
    letters: u32,
    #[serde(default)]
    named_zones: Cow<'a, [NamedZone]>,
    #[serde(default)]
    corrected: Cow<'a, [(Party, Address)]>,
    #[serde(default)]
    corrections: Cow<'a, [(SubmissionId, Correction)]>,
    #[serde(default)]
    ordered: Cow<'a, [Ordered]>,
    #[serde(default)]
    proposed: Cow<'a, [Proposed]>,
}

/// What was handed in.
pub(super) fn handed_in(conversation: &Conversation) -> String {
    super::batches::json(&HandedIn {
        batch: Cow::Owned(conversation.as_handed_in()),
        policy: Cow::Borrowed(&conversation.policy),
    })
}

/// What has become of it.
pub(super) fn written(conversation: &Conversation) -> Result<String, serde_json::Error> {
    // In full: a new field of a conversation is either handed in or state.
    let Conversation {
        id: _,
        batch: _,
        policy: _,
        elsewhere: _,
        leaving: _,
        submissions,
        driver,
        chase,
        deadlines,
        generation,
        unclear_running,
        asked_back,
        parked,
        presses,
        unacknowledged,
        unheard,
        written,
        client_unreachable,
        letters,
        named_zones,
        corrected,
        corrections,
        ordered,
        proposed,
    } = conversation;
    serde_json::to_string(&State {
        submissions: Cow::Borrowed(submissions),
        driver: *driver,
        chase: Cow::Borrowed(chase),
        deadlines: Cow::Borrowed(deadlines),
        generation: *generation,
        unclear_running: *unclear_running,
        asked_back: Cow::Borrowed(asked_back),
        parked: Cow::Borrowed(parked),
        presses: Cow::Borrowed(presses),
        unacknowledged: Cow::Borrowed(unacknowledged),
        unheard: Cow::Borrowed(unheard),
        written: Cow::Borrowed(written),
        client_unreachable: *client_unreachable,
        letters: *letters,
        named_zones: Cow::Borrowed(named_zones),
        corrected: Cow::Borrowed(corrected),
        corrections: Cow::Borrowed(corrections),
        ordered: Cow::Borrowed(ordered),
        proposed: Cow::Borrowed(proposed),
    })
}

/// Both together.
pub(super) fn read(id: ConversationId, handed_in: &str, state: &str) -> Result<Conversation, serde_json::Error> {
    let HandedIn { batch, policy } = serde_json::from_str(handed_in)?;
    let state: State<'_> = serde_json::from_str(state)?;
    let mut conversation = Conversation {
        id,
        batch: batch.into_owned(),
        policy: policy.into_owned(),
        submissions: state.submissions.into_owned(),
        driver: state.driver,
        chase: state.chase.into_owned(),
        deadlines: state.deadlines.into_owned(),
        generation: state.generation,
        unclear_running: state.unclear_running,
        asked_back: state.asked_back.into_owned(),
        parked: state.parked.into_owned(),
        presses: state.presses.into_owned(),
        unacknowledged: state.unacknowledged.into_owned(),
        unheard: state.unheard.into_owned(),
        written: state.written.into_owned(),
        client_unreachable: state.client_unreachable,
        letters: state.letters,
        named_zones: Vec::new(),
        corrected: Vec::new(),
        corrections: Vec::new(),
        ordered: state.ordered.into_owned(),
        proposed: state.proposed.into_owned(),
        elsewhere: Elsewhere::default(),
        leaving: Vec::new(),
    };
    if conversation.chase.with_backup {
        // As it was when the batch turned to them; what came after that follows below.
        let chase = std::mem::take(&mut conversation.chase);
        let written = conversation.written.clone();
        let unreachable = conversation.client_unreachable;
        conversation.turn_to_backup();
        (conversation.chase, conversation.written, conversation.client_unreachable) = (chase, written, unreachable);
    }
    for named in state.named_zones.iter() {
        conversation.name_zone(*named);
    }
    for (who, address) in state.corrected.into_owned() {
        conversation.readdress(who, address);
    }
    for (id, what) in state.corrections.into_owned() {
        conversation.correct(id, what);
    }
    Ok(conversation)
}
