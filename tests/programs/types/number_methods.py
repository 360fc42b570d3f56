"""Every method and operator of int, bool, float and complex, with their errors."""
class I(int): pass
class F(float): pass
class Idx:
    def __index__(self): return 7
class Flt:
    def __float__(self): return 2.5
class BadI:
    def __int__(self): return 'x'
    def __index__(self): return 'x'
    def __float__(self): return 1
big = 123456789012345678901234567890
M = (1<<61)-1

for line in r"""
1+1
M+1
-M-2
M*M
big*big
big-big
big//7, big%7, -big//7, -big%7, big//-7, big%-7
divmod(-7,2), divmod(7,-2), divmod(-7,-2)
divmod(big, -12345678901234567890)
7/2, -7/2, 1/3, big/3, 3/big, M/7
1/0
1//0
1%0
divmod(1,0)
2**10, 2**100, (-3)**5, (-2)**63, 2**-2, 0**0, 0**5
0**-1
2**0.5, (-8)**(1/3), 2.0**3, 4**-0.5
10**400 + 1.0
10**400 / 1.0
10**400 / 10**399
pow(3, 100, 7), pow(3, -1, 7), pow(big, 5, 1000007), pow(2, 3, -5)
pow(2,3,0)
pow(2,-1,4)
pow(2.0,3,4)
pow(2,3,4.0)
pow(1j,2,3)
1<<70, -1<<70, 1>>3, -1>>3, big>>50, -big>>50, big<<3, 1>>(1<<70), 0<<(1<<70)
1<<-1
1>>-1
1<<(1<<70)
12&10, 12|3, 12^5, -12&10, -12|3, big&-1, big|1, big^big, ~5, ~big, ~-1
True+True, True&True, True|False, True^True, True&3, -True, +True, abs(-5), abs(-big)
type(True&True) is bool, type(True&1) is int, type(+True) is int
1<2, 1<=1, 2>1, 1==1.0, 1!=1.0, big==float(big), big<1e30, big>1e29, 2**53+1 > float(2**53), 2**53 == float(2**53)
1 < float('nan'), 1 != float('nan'), big < float('inf'), big > float('-inf')
1 < 'a'
1.5 < 'a'
1 + 'a'
1.5 + 'a'
1 - None
'a' - 1
[] - 1
1 @ 2
-'a'
~1.5
+[]
abs('a')
(255).bit_length(), (0).bit_length(), (-256).bit_length(), (2**100).bit_length()
(255).bit_count(), (-7).bit_count(), (2**100-1).bit_count()
(258).to_bytes(2), (258).to_bytes(4,'little'), (-2).to_bytes(2,signed=True), (0).to_bytes(0), (1).to_bytes()
(256).to_bytes()
(-1).to_bytes()
(1).to_bytes(-1)
(1).to_bytes(1,'foo')
(1).to_bytes(1,1)
(200).to_bytes(1,signed=True)
int.from_bytes(b'\x01\x02'), int.from_bytes(b'\x01\x02','little'), int.from_bytes(b'\xff\xfe',signed=True), int.from_bytes(b''), int.from_bytes([1,2]), int.from_bytes(bytearray(b'\x05'))
int.from_bytes('abc')
int.from_bytes(1)
int.from_bytes()
int.from_bytes([1,300])
int.from_bytes(b'a','big',signed=1,foo=2)
I.from_bytes(b'\x05') == 5 and type(I.from_bytes(b'\x05')) is I
(5).as_integer_ratio(), (5).is_integer(), (5).conjugate(), (5).real, (5).imag, (5).numerator, (5).denominator
(True).real, (True).numerator, True.as_integer_ratio()
round(5), round(1234,-2), round(1250,-2), round(1350,-2), round(-1250,-2), round(15,-1), round(25,-1), round(5,-1), round(6,-1), round(big,-10), round(5,3), round(5,-100)
round(1,'a')
round(1,None), round(True)
round(2.5), round(3.5), round(-2.5), round(2.675,2), round(1e300), round(1234.5678,-2), round(1.5,None), round(0.5), round(1e22, 1)
round(float('nan'))
round(float('inf'))
round(1e308,-308), round(1.7e308, -308)
round(1.5,'a')
int(), int(5.9), int(-5.9), int('12'), int(' 12\n'), int('-0x1f',16), int('0b101',0), int('0o17',0), int('1_000'), int('z',36), int(Idx()), int('١٢'), int(b'12'), int(bytearray(b'34')), int(True), int('12', base=8)
int('1__0')
int('_1')
int('')
int('0x1f')
int('012',0)
int('a')
int('a'*300)
int('1\x00')
int(b'ab')
int('9',8)
int('1',1)
int('1',37)
int('1',-1)
int(base=1)
int(1,2)
int([])
int(None)
int(float('inf'))
int(float('nan'))
int(BadI())
int(x=1)
int(1,2,3)
int('1',foo=1)
int('9'*5000)
int.__new__()
int.__new__(1)
int.__new__(str)
int.__new__(bool)
type(int(I(5))) is int, I(5)+1, type(I(5)+1) is int, type(I(5)) is I, I('12')==12, I(big)==big, hash(I(5)), -I(5), type(-I(5)) is int, type(+I(5)) is int
str(big), repr(-big), str(0), str(M+1), str(-M-2), str(True)
str(10**5000)
hash(1), hash(-1), hash(big), hash(1.0), hash(0.5), hash(-1.0), hash(True), hash(2**61-1), hash(2**61), hash(1e300), hash(float('inf')), hash(1j)
format(5,'05'), format(255,'x'), format(255,'#x'), format(255,'#b'), format(1234567,','), format(-5,'+'), format(5,'+'), format(5,'e'), format(65,'c'), format(8364,'c'), format(5,'>10'), format(5,'^10'), format(5,'*<10'), format(-5,'=6'), format(1234567,'_'), format(0xabcdef,'_x'), format(5,''), format(5,'%'), format(5,'n'), format(10**400,'d')[:3]
format(5,'s')
format(5,'.2d')
format(5,'c'+'')
format(-1,'c')
format(10**400,'f')
format(5,',n')
format(5, 1)
(5).__format__(1)
(5).__add__(1.0) is NotImplemented, (5).__radd__(6), (5).__rsub__(6), (5).__rpow__(2), (5).__rdivmod__(17), (5).__eq__('a') is NotImplemented, (5).__lt__(6), (5).__bool__(), (5).__int__(), (5).__index__(), (5).__float__(), (5).__hash__(), (5).__neg__(), (5).__trunc__(), (5).__floor__(), (5).__ceil__(), (5).__getnewargs__(), (5).__rlshift__(1), (5).__ror__(2)
(5).__add__()
(5).__add__(1,2)
int.__add__()
int.__add__('a',1)
(1).__pow__(2,3,4)
(1).bit_length(1)
(1).foo
bool(), bool(0), bool(1), bool([]), bool([0]), bool(''), bool(0.0), bool(1.5), bool(None), bool(...)
bool(1,2)
bool(x=1)
bool.__new__(int)
True + 1.5, True * 'ab', True == 1, True is not 1, True < 2, str(False), repr(True), int(True), float(True)
float(), float(1), float('1.5'), float(' 1e3 '), float('1_0.5'), float('.5'), float('5.'), float('1e400'), float('-1e400'), float(b'1.5'), float(Flt()), float(Idx()), float(big), float(True), float('١.٥')
float('a')
float('')
float('1__0')
float('_1')
float([])
float(None)
float(10**400)
float(BadI())
float(1,2)
float(x=1)
float('infinity') > 1e308, str(float('nan')), repr(float('-inf')), str(float('+Inf'))
type(F(1.5)) is F, F(1.5)+1, type(F(1.5)+1) is float, type(float(F(1.5))) is float, type(+F(1.5)) is float, F('2.5') == 2.5, F(1.5).real, type(F(1.5).real) is float
1.5+2, 2+1.5, 1.5-2, 2-1.5, 1.5*2, 2*1.5, 3.0/2, 3/2.0, 7.5//2, -7.5//2, 7.5%2, -7.5%2, 7.5%-2, divmod(7.5,2), divmod(-7.5,2), 2**0.5, 2.0**-1, (-0.0)+0, 0.0*-1
1.0/0
1.0//0
1.0%0
divmod(1.0,0)
0.0**-1
2.0**10000
(-1.5)**0.5
repr(1e16), repr(1e15), repr(123456789.123), repr(1e-4), repr(1e-5), repr(0.1+0.2), repr(1e22), repr(1e23), repr(5e-324), repr(1.7976931348623157e308), repr(-0.0), repr(100.0), str(1.0), repr(1e100)
(1.5).hex(), (0.0).hex(), (-1e-320).hex(), float.fromhex('0x1.8p+1'), float.fromhex('1p-1'), float.fromhex('-0x.8'), float.fromhex('inf') > 1
float.fromhex('a.b.c')
float.fromhex('0x1p5000')
float.fromhex(1)
type(F.fromhex('1')) is F
(1.5).is_integer(), (2.0).is_integer(), (1.5).as_integer_ratio(), (0.1).as_integer_ratio(), (-0.0).as_integer_ratio(), (1e300).as_integer_ratio()[1], (1.5).conjugate(), (1.5).real, (1.5).imag, (1.5).__trunc__(), (1.5).__floor__(), (1.5).__ceil__(), (-1.5).__floor__(), (-1.5).__ceil__(), (-1.5).__int__()
float('inf').as_integer_ratio()
float('nan').as_integer_ratio()
float.__getformat__('double'), float.__getformat__('float')
float.__getformat__('x')
float.__getformat__(1)
format(1.5,'.3f'), format(1.5,'10.2f'), format(1234567.891,',.2f'), format(0.5,'%'), format(1.5,'g'), format(1e10,'g'), format(1.5,''), format(1.5,'+'), format(1.5,'e'), format(-0.0,'z.1f'), format(float('inf'),'010'), format(1.5,'010'), format(3.14159,'.3'), format(1e6,'.3'), format(0.1,'.20f')
format(1.5,'d')
format(1.5,'s')
1.5 .__add__(2), (1.5).__radd__(2), (1.5).__eq__(1.5), (1.5).__lt__('a') is NotImplemented, (1.5).__pow__(2), (1.5).__rpow__(2), (1.5).__getnewargs__(), (1.5).__bool__(), (1.5).__divmod__(1), (1.5).__rdivmod__(4)
complex(), complex(1), complex(1,2), complex('1+2j'), complex(' 1e3-2.5j '), complex('j'), complex('-j'), complex('(1+2j)'), complex(1.5), complex(1j), complex(1j,2j), complex(0,1j), complex(Idx()), complex(Flt()), complex(real=1,imag=2), complex(imag=3)
complex('a')
complex('1 + 2j')
complex('1',2)
complex(1,'2')
complex([])
complex(1,[])
complex(None)
complex(1,2,3)
complex(foo=1)
1j+1, 1+1j, 1j-1, 1-1j, 2j*3, 1j*1j, (1+2j)/(3-4j), 1/2j, (1+2j)**2, (1+2j)**0, (1+2j)**-1, 2j**0.5, -(1+2j), +(1+2j), abs(3+4j), (1+2j).conjugate(), (1+2j).real, (1+2j).imag, bool(0j), bool(1j), 1j==1j, 1==1+0j, 1j!=1, (1.5+0j)==1.5, (big+0j)==big
1j/0
0j**-1
1j<2
1j%2
1j//2
divmod(1j,1)
int(1j)
float(1j)
abs(1e308+1e308j)
repr(1j), repr(1+2j), repr(-1-2j), repr(complex(0.0,-0.0)), repr(complex(-0.0,1)), repr(complex(1,float('nan'))), repr(complex(float('inf'),1)), str(1e20+1j)
format(1+2j,'.2f'), format(1+2j,''), format(1+2j,'>12'), format(1.5j,'g'), format(1+2j,'e'), format(1234567+1j,',')
format(1j,'d')
format(1j,'010')
(1j).__complex__(), (1j).__getnewargs__(), (1j).__eq__(1), (1j).__lt__(1) is NotImplemented
(1e200j)**100
int.__doc__ is not None, float.__name__, (5).__class__ is int, (1.5).__class__ is float, (1j).__class__ is complex, True.__class__ is bool
max(1,2.5), min(3,1.5), sum([1,2,3]), sum([0.1]*10), sum([1,2.5,3]), abs(-1.5), divmod(7,2)
(1).__sizeof__(), (big).__sizeof__()
int.__mro__ == (int, object), bool.__mro__ == (bool, int, object)
isinstance(True,int), issubclass(bool,int), isinstance(1,(str,int))
""".strip().splitlines():
    try:
        print(line, "=>", repr(eval(line)))
    except Exception as e:
        print(line, "=>", type(e).__name__, e)
