//! New rules of zones: interviews that were agreed by older ones are looked at once more when the daemon starts.
//!
//! In: the rules that are built in, and the interviews ahead. Out: an event for each that was agreed by others, in a transaction of its own.
//! Never here: what follows when a clock shows another hour.

use std::sync::Arc;

use super::{Daemon, apply};
use crate::calendar::zone_data;
use crate::conversation::Event;
use crate::store::{self, StoreError};

/// Interviews looked at in one go.
const AT_A_TIME: u32 = 100;

impl Daemon {
    /// Looks at every interview ahead that was agreed by other rules of zones; gives how many.
    ///
    /// # Errors
    /// The database's.
    pub async fn heed_zone_rules(&self) -> Result<usize, StoreError> {
        let (now, mut looked_at) = (self.clock.now(), 0);
        loop {
            let ink = Arc::clone(&self.ink);
            let look = move |tx: &store::Tx<'_>| {
                let found = tx.agreed_by_other_rules(zone_data(), now, AT_A_TIME)?;
                for submission in &found {
                    if let Some(id) = tx.conversation_of(*submission)? {
                        apply::happen(tx, &ink, id, Event::ZoneRulesChanged { submission: *submission }, "start", now)?;
                    }
                }
                // One that keeps its stamp would come again for ever.
                Ok((found.len(), tx.agreed_by_other_rules(zone_data(), now, AT_A_TIME)? == found))
            };
            let (found, stuck) = self.store.write(look).await?;
            looked_at += found;
            if found == 0 || stuck {
                return Ok(looked_at);
            }
        }
    }
}
