//! A stand-in for the driver's management library, without a driver and without a GPU.
//!
//! `tests/nvml.rs` compiles it, once for each manner (`--cfg`), into a library of the real one's name:
//!
//! | manner | stands for |
//! |---|---|
//! | `mixed` | a machine with two GTX 1080 and two GTX 970, the older cards behind |
//! | `mig` | one H100 cut into MIG instances, with a hole in their indices |
//! | `old` | a driver that lacks most functions, on a card that supports nothing optional |
//! | `mismatch` | a library of another version than the kernel's module |
//! | `unloaded` | a library without the kernel's module |
//! | `crashing` | a call that ends the process |
//! | `hanging` | a call that never comes back |
//! | `talking` | a library that prints, and hangs when it is shut down |
//!
//! Numbers and layouts are those of NVIDIA's nvml.h as the crate nvml-wrapper-sys 0.10 has them.
#![allow(clippy::missing_safety_doc, non_snake_case, unused_variables, reason = "it has a C library's face")]

use std::ffi::{c_char, c_int, c_uint};

/// What the functions return.
type Return = c_uint;
const SUCCESS: Return = 0;
const NOT_SUPPORTED: Return = 3;
const NOT_FOUND: Return = 6;

/// A handle: the number of a GPU plus one, or of a MIG instance plus a hundred.
type Handle = usize;

/// A GPU as the stand-in has it.
struct Gpu {
    name: &'static str,
    uuid: &'static str,
    bus_id: &'static str,
    memory_mib: u64,
    capability: (c_int, c_int),
    architecture: c_uint,
    is_persistent: c_uint,
    compute_mode: c_uint,
    mig: Option<&'static [(c_uint, &'static str, &'static str, u64)]>,
}

#[cfg(any(mixed, talking))]
const GPUS: &[Gpu] = &[
    gtx_1080("GPU-1080a000-0000-4000-8000-000000000001", "00000000:01:00.0", 0),
    gtx_1080("GPU-1080b000-0000-4000-8000-000000000002", "00000000:02:00.0", 3),
    gtx_970("GPU-0970a000-0000-4000-8000-000000000003", "00000000:04:00.0"),
    gtx_970("GPU-0970b000-0000-4000-8000-000000000004", "00000000:81:00.0"),
];

#[cfg(any(mixed, talking))]
const fn gtx_1080(uuid: &'static str, bus_id: &'static str, compute_mode: c_uint) -> Gpu {
    let name = "NVIDIA GeForce GTX 1080";
    let (capability, architecture) = ((6, 1), 4);
    Gpu { name, uuid, bus_id, memory_mib: 8192, capability, architecture, is_persistent: 1, compute_mode, mig: None }
}

#[cfg(any(mixed, talking))]
const fn gtx_970(uuid: &'static str, bus_id: &'static str) -> Gpu {
    let name = "NVIDIA GeForce GTX 970";
    let (capability, architecture) = ((5, 2), 3);
    Gpu { name, uuid, bus_id, memory_mib: 4096, capability, architecture, is_persistent: 0, compute_mode: 0, mig: None }
}

#[cfg(not(any(mixed, talking)))]
const GPUS: &[Gpu] = &[Gpu {
    name: "NVIDIA H100 80GB HBM3",
    uuid: "GPU-0100a000-0000-4000-8000-000000000005",
    bus_id: "00000000:1B:00.0",
    memory_mib: 81_559,
    capability: (9, 0),
    architecture: 9,
    is_persistent: 1,
    compute_mode: 0,
    mig: Some(&[
        (0, "NVIDIA H100 80GB HBM3 MIG 1g.10gb", "MIG-0100a001-0000-5000-8000-000000000006", 9856),
        (2, "NVIDIA H100 80GB HBM3 MIG 3g.40gb", "MIG-0100a002-0000-5000-8000-000000000007", 40_448),
    ]),
}];

#[unsafe(no_mangle)]
pub extern "C" fn nvmlInit_v2() -> Return {
    if cfg!(mismatch) {
        return 18;
    }
    if cfg!(unloaded) {
        return 9;
    }
    if cfg!(crashing) {
        std::process::abort();
    }
    while cfg!(hanging) {
        std::thread::park();
    }
    if cfg!(talking) {
        // The library talks to whoever started the process.
        #[allow(clippy::print_stdout, reason = "a library may")]
        {
            println!("NVML: a word of its own");
        }
    }
    SUCCESS
}

#[unsafe(no_mangle)]
pub extern "C" fn nvmlShutdown() -> Return {
    while cfg!(talking) {
        std::thread::park();
    }
    SUCCESS
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlSystemGetDriverVersion(text: *mut c_char, length: c_uint) -> Return {
    unsafe { put("550.163.01", text, length) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetCount_v2(count: *mut c_uint) -> Return {
    unsafe { *count = GPUS.len() as c_uint };
    SUCCESS
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetHandleByIndex_v2(index: c_uint, device: *mut Handle) -> Return {
    unsafe { *device = index as Handle + 1 };
    SUCCESS
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetUUID(device: Handle, text: *mut c_char, length: c_uint) -> Return {
    let uuid = match instance(device) {
        Some((_, _, uuid, _)) => uuid,
        None => gpu(device).uuid,
    };
    unsafe { put(uuid, text, length) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn nvmlDeviceGetName(device: Handle, text: *mut c_char, length: c_uint) -> Return {
    let name = match instance(device) {
        Some((_, name, ..)) => name,
        None => gpu(device).name,
    };
    unsafe { put(name, text, length) }
}

/// Functions that an old driver lacks.
#[cfg(not(old))]
mod newer {
    use super::*;

    #[repr(C)]
    pub struct Pci {
        bus_id_legacy: [c_char; 16],
        numbers: [c_uint; 5],
        bus_id: [c_char; 32],
    }

    #[repr(C)]
    pub struct Memory {
        version: c_uint,
        total: u64,
        reserved: u64,
        free: u64,
        used: u64,
    }

    #[unsafe(no_mangle)]
    pub unsafe extern "C" fn nvmlSystemGetCudaDriverVersion_v2(version: *mut c_int) -> Return {
        unsafe { *version = 12_040 };
        SUCCESS
    }

    #[unsafe(no_mangle)]
    pub unsafe extern "C" fn nvmlDeviceGetPciInfo_v3(device: Handle, pci: *mut Pci) -> Return {
        unsafe { put(gpu(device).bus_id, (*pci).bus_id.as_mut_ptr(), 32) }
    }

    #[unsafe(no_mangle)]
    pub unsafe extern "C" fn nvmlDeviceGetMinorNumber(device: Handle, minor: *mut c_uint) -> Return {
        // The nodes are numbered backwards, as a machine may have them.
        unsafe { *minor = (GPUS.len() - device) as c_uint };
        SUCCESS
    }

    #[unsafe(no_mangle)]
    pub unsafe extern "C" fn nvmlDeviceGetMemoryInfo_v2(device: Handle, memory: *mut Memory) -> Return {
        let mib = match instance(device) {
            Some((.., mib)) => mib,
            None => gpu(device).memory_mib,
        };
        unsafe { (*memory).total = mib << 20 };
        SUCCESS
    }

    #[unsafe(no_mangle)]
    pub unsafe extern "C" fn nvmlDeviceGetCudaComputeCapability(
        device: Handle,
        major: *mut c_int,
        minor: *mut c_int,
    ) -> Return {
        unsafe { (*major, *minor) = gpu(device).capability };
        SUCCESS
    }

    #[unsafe(no_mangle)]
    pub unsafe extern "C" fn nvmlDeviceGetArchitecture(device: Handle, architecture: *mut c_uint) -> Return {
        unsafe { *architecture = gpu(device).architecture };
        SUCCESS
    }

    #[unsafe(no_mangle)]
    pub unsafe extern "C" fn nvmlDeviceGetPersistenceMode(device: Handle, mode: *mut c_uint) -> Return {
        unsafe { *mode = gpu(device).is_persistent };
        SUCCESS
    }

    #[unsafe(no_mangle)]
    pub unsafe extern "C" fn nvmlDeviceGetComputeMode(device: Handle, mode: *mut c_uint) -> Return {
        unsafe { *mode = gpu(device).compute_mode };
        SUCCESS
    }

    #[unsafe(no_mangle)]
    pub unsafe extern "C" fn nvmlDeviceGetMigMode(
        device: Handle,
        current: *mut c_uint,
        pending: *mut c_uint,
    ) -> Return {
        if gpu(device).mig.is_none() {
            return NOT_SUPPORTED;
        }
        unsafe { (*current, *pending) = (1, 1) };
        SUCCESS
    }

    #[unsafe(no_mangle)]
    pub unsafe extern "C" fn nvmlDeviceGetMaxMigDeviceCount(device: Handle, count: *mut c_uint) -> Return {
        unsafe { *count = if gpu(device).mig.is_some() { 7 } else { 0 } };
        SUCCESS
    }

    #[unsafe(no_mangle)]
    pub unsafe extern "C" fn nvmlDeviceGetMigDeviceHandleByIndex(
        device: Handle,
        index: c_uint,
        instance: *mut Handle,
    ) -> Return {
        let instances = gpu(device).mig.unwrap_or_default();
        let Some(at) = instances.iter().position(|one| one.0 == index) else { return NOT_FOUND };
        unsafe { *instance = at + 100 };
        SUCCESS
    }
}

fn gpu(device: Handle) -> &'static Gpu {
    &GPUS[device - 1]
}

fn instance(device: Handle) -> Option<(c_uint, &'static str, &'static str, u64)> {
    GPUS[0].mig?.get(device.checked_sub(100)?).copied()
}

unsafe fn put(text: &str, into: *mut c_char, length: c_uint) -> Return {
    assert!(text.len() < length as usize, "the caller's buffer is too small");
    for (at, byte) in text.bytes().chain([0]).enumerate() {
        unsafe { *into.add(at) = byte as c_char };
    }
    SUCCESS
}
