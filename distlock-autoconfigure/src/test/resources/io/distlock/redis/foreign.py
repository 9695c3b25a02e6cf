"""Takes and gives back locks with redis-py as each line says, and answers it with a line. Ends with 3 where there is none."""
import sys

try:
    import redis
    from redis.exceptions import LockNotOwnedError
except ImportError:
    sys.exit(3)

client = redis.Redis(host=sys.argv[1], port=int(sys.argv[2]))
locks = {}


def take(key, millis, wait):
    lock = client.lock(key, timeout=int(millis) / 1000, sleep=0.01, blocking_timeout=int(wait) / 1000)
    if not lock.acquire():
        return "busy"
    locks[key] = lock
    return lock.local.token.decode()


def give(key):
    locks[key].release()
    return "given"


def give_as(key, token):
    lock = client.lock(key)
    lock.local.token = token.encode()
    lock.release()
    return "given"


def prolong(key, millis):
    locks[key].extend(int(millis) / 1000, replace_ttl=True)
    return "prolonged"


def see(key):
    return (client.get(key) or b"nothing").decode()


def count(key, counter, times):
    for _ in range(int(times)):
        with client.lock(key, timeout=60, sleep=0.001):
            client.set(counter, int(client.get(counter)) + 1)
    return "counted"


print("redis-py", redis.__version__, flush=True)
for line in sys.stdin:
    command, *arguments = line.split()
    try:
        answer = {"take": take, "give": give, "give-as": give_as, "prolong": prolong, "see": see, "count": count}[
            command
        ](*arguments)
    except LockNotOwnedError:
        answer = "not owned"
    print(answer, flush=True)
