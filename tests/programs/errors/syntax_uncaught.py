"""A syntax error in the script itself: nothing runs, the line is shown with a caret."""
print("never printed")


def broken(a, b):
    return (a + b
            print(a)


broken(1, 2)
