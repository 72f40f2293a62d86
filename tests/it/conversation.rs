//! Tests of conversation.
