//! What programs ask a running daemon: the API, `/metrics`, `/healthz`.

mod batches;
mod changes;
pub(crate) mod description;
mod health;
pub(crate) mod house;
mod metrics;
