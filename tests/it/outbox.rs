//! Tests of outbox.
