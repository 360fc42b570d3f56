"""What pyperformance's crypto_pyaes computes."""
# skip: gc-stress
from _program import digest, load
bm = load("crypto_pyaes")
text = bm.CLEARTEXT[:3000]
secret = bm.pyaes.AESModeOfOperationCTR(bm.KEY).encrypt(text)
print(len(secret), digest(secret), bm.pyaes.AESModeOfOperationCTR(bm.KEY).decrypt(secret) == text)
block = bm.pyaes.AES(bm.KEY)
print(block.encrypt(list(range(16))), block.decrypt(block.encrypt(list(range(16)))))
