//! The forms that `--form` names, for `render` and for `lint` alike.

use clap::ValueEnum;

use crate::lower::Form;

/// What `--form` takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum FormArg {
    /// The best that works on the host
    #[default]
    Auto,
    /// CDI names under `devices`
    Cdi,
    /// CDI names in a reservation with `driver: cdi`
    CdiReservation,
    /// `runtime: nvidia` and NVIDIA_VISIBLE_DEVICES
    Runtime,
    /// A reservation with `driver: nvidia`
    Reservation,
    /// `gpus`
    Gpus,
    /// A stack file with generic resources, for `docker stack deploy`
    Swarm,
    /// No GPU
    Cpu,
}

impl FormArg {
    /// The form that was named; `None` leaves it to the host.
    pub(in crate::cli) const fn named(self) -> Option<Form> {
        match self {
            Self::Auto => None,
            Self::Cdi => Some(Form::Cdi),
            Self::CdiReservation => Some(Form::CdiReservation),
            Self::Runtime => Some(Form::Runtime),
            Self::Reservation => Some(Form::Reservation),
            Self::Gpus => Some(Form::Gpus),
            Self::Swarm => Some(Form::Swarm),
            Self::Cpu => Some(Form::Cpu),
        }
    }
}
