"""JupyterHub with a container for each learner: `jupyterhub --config docs/teaching/jupyterhub_docker.py`.

Learners need no account on the machine, see nothing of it but their own volume, and have no network. The hub runs under
an account that may use Docker, not as root. Needs `pip install jupyterhub dockerspawner jupyterhub-idle-culler`,
configurable-http-proxy, and an image with the course, made by docs/teaching/Dockerfile.
"""

c = get_config()  # noqa: F821 - JupyterHub defines it
load_subconfig("jupyterhub_common.py")  # noqa: F821 - JupyterHub defines it

NETWORK = "lessons"  # docker network create --internal lessons: containers reach the hub and nothing else

c.JupyterHub.spawner_class = "docker"
c.JupyterHub.hub_ip = "0.0.0.0"  # on the internal network: containers must reach it
c.DockerSpawner.image = "lessons-learner"
c.DockerSpawner.allowed_images = ["lessons-learner"]
c.DockerSpawner.network_name = NETWORK
c.DockerSpawner.use_internal_ip = True
c.DockerSpawner.remove = True  # a container ends with its server; the volume stays
c.DockerSpawner.notebook_dir = "/home/learner/course"
c.DockerSpawner.volumes = {"lessons-{username}": "/home/learner"}
c.DockerSpawner.extra_create_kwargs = {"user": "1000:1000"}
c.DockerSpawner.extra_host_config = {
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges"],
    "pids_limit": 256,
    "memswap_limit": c.Spawner.mem_limit,
}
