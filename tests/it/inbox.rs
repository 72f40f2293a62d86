//! Tests of inbox.
