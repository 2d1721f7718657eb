//! Variables: where they come from, and how they are put into texts.
//!
//! `environment` gathers them from the caller and from `.env` files (`dotenv`), `template` puts
//! them into one text, `interpolate` into a whole model, and `cast` makes numbers and truth
//! values of what came out. `env_file` is what a service reads for its container.

pub(super) mod cast;
pub(super) mod dotenv;
pub(super) mod env_file;
pub(super) mod environment;
pub(super) mod interpolate;
pub(super) mod template;
