//! What `-h` and its kin print.

use std::ffi::OsStr;

/// The line that says how to call the program.
pub fn usage(program: &OsStr) -> String {
    format!("usage: {} [option] ... [-c cmd | -m mod | file | -] [arg] ...\n", program.to_string_lossy())
}

/// A help page: "help", "env", "xoptions" or "all".
pub fn page(which: &str, program: &OsStr) -> String {
    match which {
        "env" => ENVIRONMENT.to_owned(),
        "xoptions" => X_OPTIONS.to_owned(),
        "all" => format!("{}{OPTIONS}\n{ENVIRONMENT}\n{X_OPTIONS}", usage(program)),
        _ => format!("{}{OPTIONS}", usage(program)),
    }
}

const OPTIONS: &str = "\
Options (and the environment variables that do the same):
-b     : warn when bytes or bytearray objects are turned into text by str() or
         compared with text; -bb: make that an error
-B     : write no cache files for imported modules; PYTHONDONTWRITEBYTECODE=x
-c cmd : run the text given; ends the options
-d     : accepted, does nothing; PYTHONDEBUG=x
-E     : ignore all PYTHON* environment variables
-h     : print this page and exit (also -? and --help)
-i     : show the prompt after the program has run; PYTHONINSPECT=x
-I     : shut out the user's environment (-E, -P and -s together)
-m mod : run a module of the library as a program; ends the options
-O     : leave assert statements out; PYTHONOPTIMIZE=x
-OO    : as -O, and leave docstrings out
-P     : put no folder in front of sys.path; PYTHONSAFEPATH=x
-q     : start the prompt without the lines about version and copyright
-s     : leave the user's site folder out of sys.path; PYTHONNOUSERSITE=x
-S     : do not import site at the start
-u     : do not buffer standard output and standard error; PYTHONUNBUFFERED=x
-v     : tell of every import; may be given several times; PYTHONVERBOSE=x
-V     : print the version and exit (also --version); twice: more of it
-W arg : a rule for warnings, action:message:category:module:lineno;
         PYTHONWARNINGS=arg
-x     : skip the first line of the program
-X opt : an option of this implementation, see --help-xoptions
--check-hash-based-pycs always|default|never:
         when cache files with hashes are checked against their sources
--help-env      : print a page about environment variables and exit
--help-xoptions : print a page about -X options and exit
--help-all      : print all pages and exit
Arguments:
file   : the program is in this file
-      : the program comes from standard input (default; a prompt on a terminal)
arg ...: the program's own arguments, in sys.argv[1:]
";

const ENVIRONMENT: &str = "\
Environment variables:
PYTHONSTARTUP   : a file to run before the first prompt
PYTHONPATH      : folders, separated by ':', to go in front of sys.path
PYTHONHOME      : where the standard library is: <prefix> or <prefix>:<exec_prefix>
PYTHONNODEBUGRANGES : as -X no_debug_ranges
PYTHONPLATLIBDIR: what stands for 'lib' where the standard library is
PYTHONCOERCECLOCALE : 0 leaves the C locale alone, warn tells when it is replaced
PYTHONUTF8      : 1 switches UTF-8 mode on
PYTHONIOENCODING: encoding[:errors] of stdin, stdout and stderr
PYTHONFAULTHANDLER : print the Python traceback when the process crashes
PYTHONHASHSEED  : 'random', or a number that makes the hashes of texts repeatable
PYTHONINTMAXSTRDIGITS : limit of digits when texts and integers are converted
PYTHONBREAKPOINT: what breakpoint() calls; 0 for nothing
PYTHONDEVMODE   : development mode
PYTHONPYCACHEPREFIX : root folder for cache files
PYTHONWARNDEFAULTENCODING : warn when text files are opened without an encoding
KRAIT_STDLIB_DIR: the folder of the standard library
KRAIT_JIT       : as -X jit; likewise KRAIT_JIT_DISABLE, KRAIT_JIT_FAIL_GUARDS,
                  KRAIT_JIT_LOG, KRAIT_JIT_STATS, KRAIT_JIT_THRESHOLD
";

const X_OPTIONS: &str = "\
Options of this implementation:
-X dev: development mode: all warnings, more checks
-X faulthandler: print the Python traceback when the process crashes
-X frozen_modules=on|off: are the modules of start-up frozen, or imported as files
-X gc-stress=N: collect garbage at every Nth allocation
-X importtime: tell how long every import takes
-X int_max_str_digits=N: limit of digits when texts and integers are converted
-X jit=on|off: the compiler of hot code (on by default)
-X jit-code-size=KB: how much machine code may be there at a time (32768 by default)
-X jit-disable=PASS[,PASS]: leave passes of the compiler out
    (fold, cse, forward, peel, range, hoist, dce, sink, merge)
-X jit-fail-guards=1: every check in compiled code fails once, for tests
-X jit-log=FILE: write what is compiled to a file
-X jit-stats: at the end, print what was compiled and what was given up
-X jit-threshold=N: turns of a loop, or calls, before it is compiled
-X jit-exits=N: times that compiled code is left at a place before more is compiled there
-X jit-budget=N: most of the time that compiling may take, in percent
-X no_debug_ranges: tracebacks and code objects show lines, no columns
-X perf: name compiled code for the profiler perf
-X pycache_prefix=PATH: root folder for cache files
-X utf8[=0|1]: UTF-8 mode
-X warn_default_encoding: warn when text files are opened without an encoding
";

#[cfg(test)]
mod tests {
    use super::X_OPTIONS;

    #[test]
    fn all_passes_of_the_compiler_are_named() {
        let names = krait_jit::Pass::ALL.map(|p| p.1).join(", ");
        assert!(X_OPTIONS.contains(&format!("({names})")), "({names})");
    }
}
