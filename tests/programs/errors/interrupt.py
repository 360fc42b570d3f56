"""An uncaught KeyboardInterrupt ends the process by the signal itself."""


def loop():
    raise KeyboardInterrupt


print("before", flush=True)
loop()
